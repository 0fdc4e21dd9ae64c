import { type Kind, type KindValue, kinds, secretKinds } from "./kinds.ts";
import { nearestOf } from "./nearest.ts";
import { type OptionKey, optionList, type options, type Program } from "./options.ts";

type Table = typeof options;

type ValueOf<E, P extends Program> = E extends { readonly kind: infer K extends Kind }
  ? E extends { readonly default: unknown }
    ? KindValue<K>
    : E extends { readonly requiredBy: readonly (infer R)[] }
      ? P extends R
        ? KindValue<K>
        : KindValue<K> | null
      : KindValue<K> | null
  : never;

/** What one program reads: its options by key; null where one is not set and has no default. */
export type ConfigOf<P extends Program> = {
  readonly [K in OptionKey as P extends Table[K]["programs"][number] ? K : never]: ValueOf<Table[K], P>;
};

/** Everything that is wrong with the environment, one sentence each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * Reads the options of one program. Values of secrets never appear in a message.
 *
 * @throws ConfigError with every problem at once.
 */
export function parseConfig<P extends Program>(
  env: Readonly<Record<string, string | undefined>>,
  program: P,
): ConfigOf<P> {
  const problems = unknownNames(env);
  const values: Partial<Record<OptionKey, unknown>> = {};
  for (const option of optionList.filter((one) => one.programs.includes(program))) {
    const text = env[option.name];
    if (text === undefined || (text === "" && option.kind !== "string")) {
      if (option.requiredBy?.includes(program) === true) {
        problems.push(`${option.name} is required: ${option.doc}`);
      }
      values[option.key] = option.default ?? null;
      continue;
    }
    try {
      values[option.key] = kinds[option.kind].read(text);
    } catch (error) {
      const given = secretKinds.includes(option.kind) ? "" : `, not ${JSON.stringify(text)}`;
      problems.push(`${option.name} must be ${(error as Error).message}${given}`);
    }
    if (option.needs !== undefined && !env[option.needs]) {
      problems.push(`${option.name} is set and ${option.needs} is not: set both, or neither`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(values) as ConfigOf<P>;
}

function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = optionList.map((option) => option.name as string);
  return Object.keys(env)
    .filter((name) => name.startsWith("SENDSAR_") && !known.includes(name))
    .sort()
    .map((name) => `${name} is not an option. Did you mean ${nearestOf(name, known)}?`);
}

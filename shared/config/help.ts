import { kinds } from "./kinds.ts";
import { optionList, type Program } from "./options.ts";

/** What `--help` prints: every option that a program reads, or all there are. */
export function helpText(program: Program | null): string {
  const shown = optionList.filter((option) => program === null || option.programs.includes(program));
  const entries = shown.map((option) => {
    const required = program !== null && option.requiredBy?.includes(program) === true;
    const rest = required
      ? "required"
      : option.default === undefined
        ? "not set"
        : `default ${showDefault(option.default)}`;
    return `  ${option.name}  (${kinds[option.kind].doc}; ${rest})\n      ${option.doc}`;
  });
  const title = program === null ? "Sendsar" : `Sendsar ${program}`;
  return [`${title} is configured by environment variables.`, "", ...entries, ""].join("\n");
}

function showDefault(value: unknown): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return String(value);
}

import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A file of the project, read once. */
export interface Source {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text without comments, lines kept. */
  readonly code: string;
  readonly isTest: boolean;
}

const folders = "{services,shared,sdk,infra,test}";

/** Every TypeScript file that the project wrote. */
export const sources: readonly Source[] = pathsOf(`${folders}/**/*.{ts,tsx,mts}`).map((path) => {
  const text = readFileSync(`${root}/${path}`, "utf8");
  return { path, text, code: withoutComments(text), isTest: /\.(test|spec)\.\w+$/.test(path) };
});

/** Sources that run in production: no tests, and nothing made only for them. */
export const productSources = sources.filter(({ path, isTest }) => !isTest && !path.startsWith("test/"));

/** What published packages export: the source of each file that an SDK's package.json names. */
export const packageEntries: readonly string[] = pathsOf("sdk/*/package.json").flatMap((path) => {
  const built = readFileSync(`${root}/${path}`, "utf8").matchAll(/"\.\/dist\/([\w/-]+)\.js"/g);
  return [...built].map(([, name]) => path.replace("package.json", `src/${name}.ts`));
});

/** Paths of the project that match, dependencies and what is built left out. */
export function pathsOf(pattern: string): string[] {
  return globSync(pattern, {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|build|data|\.git)$/.test(path),
  })
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
}

/** `path:line` of each match in the code. */
export function found(source: Source, pattern: RegExp, text: string = source.code): string[] {
  return [...text.matchAll(new RegExp(pattern, `${pattern.flags.replace("g", "")}g`))].map(
    ({ index }) => `${source.path}:${text.slice(0, index).split("\n").length}`,
  );
}

/** Blanks comments that begin a line, and those that end one after code; texts with `//` in them stay. */
export function withoutComments(text: string): string {
  return text
    .replaceAll(/^[ \t]*\/\*[\s\S]*?\*\//gm, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/^[ \t]*\/\/.*$/gm, "")
    .replaceAll(/(?<=[;{},)]) \/\/ .*$/gm, "");
}

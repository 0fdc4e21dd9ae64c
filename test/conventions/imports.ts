import { posix } from "node:path";
import { type Source, sources } from "./sources.ts";

export interface Import {
  readonly from: string;
  /** From the project's root where it is a file of the project, else as written. */
  readonly to: string;
  /** Erased before it runs. */
  readonly typeOnly: boolean;
}

/** `import … from`, `export … from`, `import "…"`, and `import("…")` of a text. */
const statement = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w*{][^;"']*?from\s+)?["']([^"']+)["']/gm;
const dynamic = /\bimport\(\s*["']([^"']+)["']/g;

export function importsOf({ path, code }: Pick<Source, "path" | "code">): Import[] {
  const fixed = [...code.matchAll(statement)].map(([, type, target = ""]) => ({
    from: path,
    to: resolve(path, target),
    typeOnly: type !== undefined,
  }));
  const late = [...code.matchAll(dynamic)].map(([, target = ""]) => ({
    from: path,
    to: resolve(path, target),
    typeOnly: false,
  }));
  return [...fixed, ...late];
}

export const allImports: readonly Import[] = sources.flatMap(importsOf);

function resolve(from: string, target: string): string {
  if (target.startsWith("#")) return target.slice(1);
  return target.startsWith(".") ? posix.join(posix.dirname(from), target) : target;
}

/** Rings of files that need each other to load, each once, as the files in it. */
export function cyclesOf(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) cycles.push([...trail.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return cycles;
}

import { pathToFileURL } from "node:url";

/**
 * The environment in which every process of a deployment runs a file of `preload/` before its own: for what a test
 * breaks in a process and the product has no switch for.
 */
export function preloaded(name: string, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const file = new URL(`./preload/${name}.ts`, import.meta.url);
  return { NODE_OPTIONS: `--import ${pathToFileURL(file.pathname).href}`, ...env };
}

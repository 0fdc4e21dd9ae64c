import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

/** Where browsers find the modules that the page imports from the client. */
const clientModules = { specifier: "#sdk/js/src/", path: "/sdk/" };

/** The package that the page imports when somebody calls, and where browsers find it. */
export const livekitModule = { specifier: "livekit-client", path: "/page/livekit-client.js" };

/**
 * The TypeScript modules of a folder as browsers take them: without types, importing `.js`. What is there for tests is
 * left out.
 *
 * @returns the JavaScript by file name, `client.js` for `client.ts`.
 */
export function browserModules(folder: URL): Map<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return new Map(
    names.map((name) => [toScript(name), browserModule(readFileSync(new URL(name, folder), "utf8"))]),
  );
}

function browserModule(source: string): string {
  return stripTypeScriptTypes(source)
    .replaceAll(
      /(\bfrom\s*|\bimport\s*)"(\.\/|#sdk\/js\/src\/)([\w-]+\.ts)"/g,
      (_, keyword: string, base: string, name: string) =>
        `${keyword}"${base === "./" ? base : clientModules.path}${toScript(name)}"`,
    )
    .replaceAll(`import("${livekitModule.specifier}")`, `import("${livekitModule.path}")`);
}

function toScript(name: string): string {
  return name.replace(/\.ts$/, ".js");
}

import type { FastifyInstance } from "fastify";
import { operationList } from "#shared/protocol/operations.ts";
import { pathPattern } from "#shared/protocol/path-pattern.ts";

const paths = new Map<string, { readonly pattern: RegExp; readonly methods: string[] }>();
for (const { path, method } of operationList) {
  const known = paths.get(path) ?? { pattern: pathPattern(path), methods: ["OPTIONS"] };
  known.methods.push(...(method === "GET" ? ["GET", "HEAD"] : [method]));
  paths.set(path, known);
}

/** The methods that a path of the API has, whichever service answers them; none where there is no such path. */
export function methodsOf(path: string): readonly string[] {
  for (const { pattern, methods } of paths.values()) {
    if (pattern.test(path)) return methods;
  }
  return [];
}

/** The methods of the other paths that this server has, by path: documents, the socket, the sandbox page. */
export function watchRoutes(app: FastifyInstance): ReadonlyMap<string, readonly string[]> {
  const methodsByPath = new Map<string, string[]>();
  app.addHook("onRoute", ({ url, method }) => {
    methodsByPath.set(url, [...(methodsByPath.get(url) ?? []), method].flat());
  });
  return methodsByPath;
}

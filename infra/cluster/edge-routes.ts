import { mediaContentPath } from "#shared/media/content-path.ts";
import { operationList } from "#shared/protocol/operations.ts";
import { pathPattern } from "#shared/protocol/path-pattern.ts";

export const edgeServices = ["ingest", "gateway", "calls"] as const;
export type EdgeService = (typeof edgeServices)[number];

const routes = operationList.map(({ method, path, service }) => ({
  method,
  pattern: pathPattern(path),
  service,
}));

/**
 * Which service answers a call: what the table of operations says, the same for every edge. What it does not name
 * (the socket, the documents, unknown paths) is the gateway's; other methods of a known path are answered, with an
 * error, by whoever knows the path.
 */
export function serviceFor(method: string, url: string): EdgeService {
  const path = url.split("?", 1)[0] ?? "";
  // Not in the table, as nobody makes its URLs but who answers them.
  if (isMediaContent(url)) return "ingest";
  const known = routes.filter(({ pattern }) => pattern.test(path));
  // A service that answers GET answers HEAD.
  const asked = method === "HEAD" ? "GET" : method;
  const exact = known.find((route) => route.method === asked);
  return (exact ?? known[0])?.service ?? "gateway";
}

/** Whether it is one of the signed URLs of files: their bytes are more than any other call has, and go on as they come. */
export function isMediaContent(url: string): boolean {
  return url.split("?", 1)[0] === mediaContentPath;
}

/** Whether nodes ask this of each other. Routers read a path with its escapes decoded, so they are decoded here. */
export function isInternal(url: string): boolean {
  const path = url.split("?", 1)[0] ?? "";
  return /^\/*internal(\/|$)/i.test(decoded(path));
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    // No router knows it either.
    return path;
  }
}

import type { IncomingMessage } from "node:http";

/**
 * Whether a request asks to become a WebSocket. An offer of anything else (Java's HttpClient offers h2c with every
 * request over plain HTTP) may be ignored: the request is answered as if it had not been made.
 */
export function asksForWebSocket({ method, headers }: Pick<IncomingMessage, "method" | "headers">): boolean {
  return method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
}

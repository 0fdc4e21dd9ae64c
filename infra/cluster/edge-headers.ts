import type { IncomingHttpHeaders } from "node:http";
import { internalKeyHeader } from "#shared/intents/http.ts";

/** What nodes believe because it comes from the edge. */
const believed = /^(x-forwarded-.+|forwarded)$/;

/**
 * Removes what only the edge may say. The proxy says where a request comes from only where nothing has been said: a
 * client that made up an address would be counted, with its bad credentials, as whoever it likes. Nobody out there is
 * a gateway, whatever key it has.
 */
export function dropBelieved(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) {
    if (believed.test(name) || name === internalKeyHeader) delete headers[name];
  }
}

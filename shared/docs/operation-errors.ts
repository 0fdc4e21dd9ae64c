import { type ErrorCode, errorCatalogue, errorCodes } from "#shared/errors/catalogue.ts";
import type { Operation } from "#shared/protocol/operations/operation.ts";

/** What any call may meet, whoever makes it. */
const ofAll = [
  "invalid_request",
  "uri_too_long",
  "headers_too_large",
  "request_timeout",
  "internal",
  "store_unavailable",
  "service_unavailable",
  "overloaded",
  "draining",
] as const satisfies ErrorCode[];

const ofAuth = {
  none: [],
  server: ["unauthenticated", "forbidden", "token_expired", "token_revoked", "rate_limited"],
  user: ["unauthenticated", "token_expired", "token_revoked", "acting_user_required", "rate_limited"],
  any: ["unauthenticated", "token_expired", "token_revoked", "rate_limited"],
  operator: ["unauthenticated", "rate_limited"],
} as const satisfies Record<Operation["auth"], readonly ErrorCode[]>;

/** Every code that the call may answer with, in the order of the catalogue. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const codes = new Set<ErrorCode>([...ofAll, ...ofAuth[operation.auth], ...operation.errors]);
  if (operation.body !== null) codes.add("invalid_json").add("payload_too_large");
  // Only what changes something is written to the log.
  if (operation.method !== "GET") codes.add("log_unavailable");
  return errorCodes.filter((code) => codes.has(code));
}

export function byStatus(codes: readonly ErrorCode[]): ReadonlyMap<number, ErrorCode[]> {
  const grouped = new Map<number, ErrorCode[]>();
  for (const code of [...codes].sort((a, b) => errorCatalogue[a].status - errorCatalogue[b].status)) {
    const { status } = errorCatalogue[code];
    grouped.set(status, [...(grouped.get(status) ?? []), code]);
  }
  return grouped;
}

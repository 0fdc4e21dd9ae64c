/**
 * Why a socket was closed. The range tells a client what to do without knowing the code:
 * 4000–4499 reconnect with jitter, 4500–4999 do not (the same token and client would meet the same end).
 */
export const closeCodes = {
  draining: { code: 4000, doc: "This node is going down: reconnect, another takes you." },
  slow_reader: { code: 4001, doc: "You read too slowly: reconnect and resume." },
  heartbeat_timeout: { code: 4002, doc: "Nothing was heard from you for two heartbeats." },
  overloaded: {
    code: 4003,
    doc: "This node has too much to do: wait the `retryAfterMs` of the error before it.",
  },
  internal: { code: 4004, doc: "A fault of ours: reconnect and resume." },
  connect_timeout: { code: 4005, doc: "No `connect` frame came in time." },
  token_expired: { code: 4006, doc: "The session token ran out: reconnect with a new one." },
  unavailable: { code: 4007, doc: "A part of the service cannot be reached." },
  replaced: {
    code: 4009,
    doc: "The user opened more connections than one may have; this one had been silent for longest.",
  },
  flooded: { code: 4008, doc: "Too many frames at once." },
  resync: { code: 4010, doc: "You may have missed what no history keeps: reconnect and resume." },
  unauthenticated: { code: 4500, doc: "The token is malformed, foreign or of the wrong kind." },
  token_revoked: { code: 4501, doc: "The user's tokens were revoked." },
  connect_expected: { code: 4502, doc: "The first frame must be `connect`." },
  invalid_frame: { code: 4504, doc: "A frame was not a JSON object in a text frame." },
} as const satisfies Record<string, { code: number; doc: string }>;

/** Codes of RFC 6455 that the WebSocket layer sends by itself. */
export const standardCloseCodes = {
  1001: "The peer is leaving.",
  1007: "A text frame was not UTF-8.",
  1009: "A frame was larger than allowed.",
} as const;

export type CloseReason = keyof typeof closeCodes;

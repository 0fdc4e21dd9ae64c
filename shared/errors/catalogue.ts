import type { ErrorEntry } from "./error-entry.ts";
import { missingErrors } from "./missing-errors.ts";

/**
 * Every error that a caller can meet, once: its HTTP status, whether the same call may succeed later, how loudly
 * it is logged, and what it means. The documentation is written from this table.
 */
export const errorCatalogue = {
  invalid_request: {
    status: 400,
    retryable: false,
    logLevel: "debug",
    doc: "A field is missing, unknown, too long or of the wrong form; `details` names each.",
  },
  invalid_json: {
    status: 400,
    retryable: false,
    logLevel: "debug",
    doc: "The body or frame is not JSON in well-formed UTF-8, or is nested too deeply.",
  },
  acting_user_required: {
    status: 400,
    retryable: false,
    logLevel: "debug",
    doc: "A server key must say for whom it acts: send `x-user-id`.",
  },
  unauthenticated: {
    status: 401,
    retryable: false,
    logLevel: "info",
    doc: "No credential, or one that is malformed, unknown or revoked.",
  },
  token_expired: {
    status: 401,
    retryable: false,
    logLevel: "debug",
    doc: "The session token has expired: get a new one from your server.",
  },
  token_revoked: {
    status: 401,
    retryable: false,
    logLevel: "info",
    doc: "The user's tokens were revoked: get a new one from your server.",
  },
  forbidden: {
    status: 403,
    retryable: false,
    logLevel: "info",
    doc: "The credential is good but may not do this.",
  },
  not_a_member: {
    status: 403,
    retryable: false,
    logLevel: "debug",
    doc: "The user is not a member of this room.",
  },
  read_only: {
    status: 403,
    retryable: false,
    logLevel: "debug",
    doc: "The member's role may read but not send.",
  },
  ...missingErrors,
  route_not_found: { status: 404, retryable: false, logLevel: "debug", doc: "No such call: see /docs." },
  method_not_allowed: {
    status: 405,
    retryable: false,
    logLevel: "debug",
    doc: "The path exists, but not with this method: see /docs.",
  },
  room_conflict: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "The room exists with another type, or a direct room's two members would change.",
  },
  room_frozen: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "The room is frozen: it can be read but not written.",
  },
  room_closed: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "The room is closed: it can be read but not written.",
  },
  message_too_old: {
    status: 403,
    retryable: false,
    logLevel: "debug",
    doc: "The time in which a user may edit or delete such a message of its own is over.",
  },
  contact_details_refused: {
    status: 403,
    retryable: false,
    logLevel: "debug",
    doc: "It has a way to reach somebody elsewhere (a phone number, an address, a name on another service), which this room does not take.",
  },
  message_refused: {
    status: 403,
    retryable: false,
    logLevel: "debug",
    doc: "The customer's own server, which is asked before a message is taken, refuses it; `message` is its reason.",
  },
  message_deleted: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "The message was deleted: nothing can be changed of it.",
  },
  erasure_conflict: {
    status: 409,
    retryable: false,
    logLevel: "info",
    doc: "The user is being erased, and its messages are treated the other way.",
  },
  too_many_pins: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "The room has as many pinned messages as it may have: unpin one.",
  },
  too_many_reactions: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "The message has as many reactions, or as many kinds of them, as one message may have.",
  },
  too_many_blocks: {
    status: 409,
    retryable: false,
    logLevel: "warn",
    doc: "The user blocks as many others as one user may.",
  },
  too_many_rooms: {
    status: 409,
    retryable: false,
    logLevel: "warn",
    doc: "The user is in as many open rooms as one user may be.",
  },
  calls_disabled: {
    status: 403,
    retryable: false,
    logLevel: "debug",
    doc: "Calls are not turned on for this tenant, or this deployment has no LiveKit server.",
  },
  call_ended: { status: 409, retryable: false, logLevel: "debug", doc: "The call has ended." },
  call_conflict: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "The call is not in a state for this: somebody has answered it or not yet, or its id is another room's.",
  },
  call_full: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "As many users were in the call as may be.",
  },
  too_many_webhook_endpoints: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "There are as many webhook endpoints as one tenant may have: remove one first.",
  },
  media_not_uploaded: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "The file has not been uploaded yet: send it to the URL of its grant first.",
  },
  media_shared_too_often: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "As many messages name the file as may: upload it again.",
  },
  not_replayable: {
    status: 409,
    retryable: false,
    logLevel: "debug",
    doc: "The record is not UTF-8: nobody who reads its topic could make anything of it.",
  },
  payload_too_large: {
    status: 413,
    retryable: false,
    logLevel: "debug",
    doc: "The body or frame is larger than allowed.",
  },
  uri_too_long: {
    status: 414,
    retryable: false,
    logLevel: "debug",
    doc: "The path or the query is longer than allowed.",
  },
  media_too_large: {
    status: 413,
    retryable: false,
    logLevel: "debug",
    doc: "The file is larger than the tenant allows: see `GET /v1/limits`.",
  },
  media_type_not_allowed: {
    status: 415,
    retryable: false,
    logLevel: "debug",
    doc: "Files of this content type are not taken, by anybody or by this tenant.",
  },
  media_refused: {
    status: 422,
    retryable: false,
    logLevel: "info",
    doc: "What was uploaded is not what was announced. It was removed and is never shown; the message says why.",
  },
  media_url_invalid: {
    status: 403,
    retryable: false,
    logLevel: "info",
    doc: "The signed URL has ended, or is not as it was given out: ask for a new one.",
  },
  media_disabled: {
    status: 403,
    retryable: false,
    logLevel: "info",
    doc: "This deployment has no place for media: its operator has set none.",
  },
  request_timeout: {
    status: 408,
    retryable: true,
    logLevel: "debug",
    doc: "The request did not arrive in time.",
  },
  headers_too_large: {
    status: 431,
    retryable: false,
    logLevel: "debug",
    doc: "The headers of the request are larger than allowed.",
  },
  upgrade_required: {
    status: 426,
    retryable: false,
    logLevel: "debug",
    doc: "This path speaks WebSocket only.",
  },
  rate_limited: {
    status: 429,
    retryable: true,
    logLevel: "info",
    doc: "Too many calls: wait `retry-after` seconds.",
  },
  internal: {
    status: 500,
    retryable: true,
    logLevel: "error",
    doc: "A fault of ours; the request id finds it in our logs.",
  },
  log_unavailable: {
    status: 503,
    retryable: true,
    logLevel: "error",
    doc: "The log took nothing in time; the outcome is unknown and a repeat with the same `clientId` is safe.",
  },
  hook_unavailable: {
    status: 503,
    retryable: true,
    logLevel: "info",
    doc: "The customer's own server, without whose word no message is taken, gave no good answer in time. A repeat with the same clientId is safe.",
  },
  store_unavailable: {
    status: 503,
    retryable: true,
    logLevel: "error",
    doc: "The history could not be reached; try again.",
  },
  media_unavailable: {
    status: 503,
    retryable: true,
    logLevel: "error",
    doc: "Where media is kept cannot be reached; try again.",
  },
  service_unavailable: {
    status: 503,
    retryable: true,
    logLevel: "warn",
    doc: "A part of the service cannot be reached; try again.",
  },
  livekit_unavailable: {
    status: 503,
    retryable: true,
    logLevel: "warn",
    doc: "The LiveKit server of calls could not be reached; try again.",
  },
  overloaded: {
    status: 503,
    retryable: true,
    logLevel: "warn",
    doc: "A queue is full; try again after a pause.",
  },
  draining: {
    status: 503,
    retryable: true,
    logLevel: "info",
    doc: "This node is going down; another takes the next try.",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
export const errorCodes = Object.keys(errorCatalogue) as ErrorCode[];

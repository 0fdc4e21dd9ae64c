import type { ErrorEntry } from "./error-entry.ts";

/** Of the catalogue: what is not there, or is another tenant's, which nobody can tell apart. */
export const missingErrors = {
  room_not_found: {
    status: 404,
    retryable: false,
    logLevel: "debug",
    doc: "No such room, or not one of this tenant.",
  },
  message_not_found: {
    status: 404,
    retryable: false,
    logLevel: "debug",
    doc: "No such message in this room.",
  },
  user_not_found: { status: 404, retryable: false, logLevel: "debug", doc: "No such user of this tenant." },
  member_not_found: {
    status: 404,
    retryable: false,
    logLevel: "debug",
    doc: "The user is not a member of this room.",
  },
  tenant_not_found: { status: 404, retryable: false, logLevel: "debug", doc: "No such tenant." },
  key_not_found: { status: 404, retryable: false, logLevel: "debug", doc: "No such API key of this tenant." },
  dead_letter_not_found: {
    status: 404,
    retryable: false,
    logLevel: "debug",
    doc: "No such dead letter, or one that is no longer kept.",
  },
  call_not_found: { status: 404, retryable: false, logLevel: "debug", doc: "No such call of this tenant." },
  webhook_endpoint_not_found: {
    status: 404,
    retryable: false,
    logLevel: "debug",
    doc: "No such webhook endpoint of this tenant, or one that was removed.",
  },
  webhook_delivery_not_found: {
    status: 404,
    retryable: false,
    logLevel: "debug",
    doc: "No such delivery of this tenant, or one that is no longer kept.",
  },
  media_not_found: {
    status: 404,
    retryable: false,
    logLevel: "debug",
    doc: "No such media, none that the caller may see or name, or one that was removed.",
  },
  erasure_not_found: {
    status: 404,
    retryable: false,
    logLevel: "debug",
    doc: "No such erasure of this tenant.",
  },
  before_send_not_found: {
    status: 404,
    retryable: false,
    logLevel: "debug",
    doc: "Nobody is asked before this tenant's messages are taken.",
  },
  report_not_found: {
    status: 404,
    retryable: false,
    logLevel: "debug",
    doc: "No such report of this tenant, or one that is no longer kept.",
  },
} as const satisfies Record<string, ErrorEntry>;

import type { ErrorBody, ServerErrorCode } from "./wire.ts";

/** What may go wrong on this side of the wire. */
export type ClientErrorCode =
  /** `connect` while connected or connecting. */
  | "already_connected"
  /** The first connection took too long; the client goes on trying. */
  | "connect_timeout"
  /** The client was stopped, by `disconnect()` or by the server. */
  | "disconnected"
  /** There is no connection now. */
  | "not_connected"
  /** The connection went down before the answer came. */
  | "connection_lost"
  | "answer_timeout"
  | "outbox_full"
  | "send_expired"
  | "too_many_requests"
  /** The token function failed or took too long. */
  | "token_unavailable"
  /** The bytes of a file did not get to where they should. */
  | "upload_failed"
  /** The server said what it should not. */
  | "protocol";

export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
}

/** Every failure that the client reports. `code` is for programs, `message` for people. */
export class SendsarError extends Error {
  override readonly name = "SendsarError";
  readonly code: ServerErrorCode | ClientErrorCode;
  /** Whether the same call may succeed later. A send may then be repeated with the same `clientId`. */
  readonly retryable: boolean;
  /** Finds the error in the server's logs; null when it is the client's own. */
  readonly requestId: string | null;
  /** One entry per bad field. */
  readonly details: readonly ErrorDetail[];
  /** How long the server wants to be left alone. */
  readonly retryAfterMs: number | null;

  constructor(
    code: ServerErrorCode | ClientErrorCode,
    message: string,
    of: {
      readonly retryable: boolean;
      readonly requestId?: string;
      readonly details?: readonly ErrorDetail[];
      readonly retryAfterMs?: number | null;
      readonly cause?: unknown;
    },
  ) {
    super(message, of.cause === undefined ? undefined : { cause: of.cause });
    this.code = code;
    this.retryable = of.retryable;
    this.requestId = of.requestId ?? null;
    this.details = of.details ?? [];
    this.retryAfterMs = of.retryAfterMs ?? null;
  }
}

/** The server's error as the client's own. */
export function errorFromWire(body: ErrorBody): SendsarError {
  const { code, message, retryable, requestId, details, retryAfterMs } = body;
  return new SendsarError(code, message, {
    retryable,
    requestId,
    ...(details && { details }),
    retryAfterMs: typeof retryAfterMs === "number" && retryAfterMs > 0 ? retryAfterMs : null,
  });
}

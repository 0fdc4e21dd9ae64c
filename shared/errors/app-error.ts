import type { ErrorBody } from "#shared/protocol/error-body.ts";
import { type ErrorCode, errorCatalogue } from "./catalogue.ts";

interface Detail {
  readonly path: string;
  readonly message: string;
}

/** What a limit allowed: for the headers of a 429. */
export interface Quota {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

interface Options {
  readonly cause?: unknown;
  readonly details?: readonly Detail[];
  /** For 429 and 503: when to come back. Milliseconds. Told to the caller. */
  readonly retryAfterMs?: number;
  /** For 429: the limit that was met. */
  readonly quota?: Quota;
}

/** The one error that crosses a boundary. Its message is shown to the caller: no secrets, no internals. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly Detail[] | undefined;
  readonly retryAfterMs: number | undefined;
  readonly quota: Quota | undefined;

  constructor(code: ErrorCode, message?: string, options: Options = {}) {
    super(
      message ?? errorCatalogue[code].doc,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "AppError";
    this.code = code;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
    this.quota = options.quota;
  }

  /** Called once per boundary: what is not ours becomes `internal`, its text kept as the cause and never shown. */
  static from(thrown: unknown): AppError {
    return thrown instanceof AppError ? thrown : new AppError("internal", undefined, { cause: thrown });
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }

  get retryable(): boolean {
    return errorCatalogue[this.code].retryable;
  }

  toBody(requestId: string): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      requestId,
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: Math.ceil(this.retryAfterMs) }),
      ...(this.details === undefined ? {} : { details: [...this.details] }),
    };
  }
}

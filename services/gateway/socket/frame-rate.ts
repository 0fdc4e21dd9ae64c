import type { AppError } from "#shared/errors/app-error.ts";
import { tooMany } from "#shared/http/rate-limit.ts";
import { limits } from "#shared/limits.ts";

const windowMs = limits.rateConnectionFramesWindowSeconds * 1_000;

/** How many frames one socket has sent in the window that runs. */
export class FrameRate {
  #beganMs = 0;
  #frames = 0;

  /** Null: one more may come. */
  take(nowMs: number, limit: number): AppError | null {
    if (nowMs - this.#beganMs >= windowMs) {
      this.#beganMs = nowMs;
      this.#frames = 0;
    }
    this.#frames += 1;
    if (this.#frames <= limit) return null;
    return tooMany("frames on this connection", {
      limit,
      remaining: 0,
      resetMs: this.#beganMs + windowMs - nowMs,
    });
  }
}

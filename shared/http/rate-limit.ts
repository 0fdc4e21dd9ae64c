import { RateLimiterMemory } from "rate-limiter-flexible";
import { AppError, type Quota } from "#shared/errors/app-error.ts";

/**
 * So many in each window, per key, on this node. A key costs memory until its window ends, so what is counted must
 * cost its sender more than that: a request.
 */
export class RateLimit {
  /** How many of a key are allowed where its caller says nothing else. */
  readonly limit: number;
  readonly #limiter: RateLimiterMemory;
  readonly #what: string;

  /** @param options.what ends the sentence "Too many …". */
  constructor(options: { limit: number; windowSeconds: number; what: string }) {
    this.limit = options.limit;
    this.#what = options.what;
    // It counts, and what is too many is said here: keys may have limits of their own.
    const points = Number.MAX_SAFE_INTEGER;
    this.#limiter = new RateLimiterMemory({ points, duration: options.windowSeconds });
  }

  /**
   * @param count as how many it counts, also where they are too many.
   * @throws AppError rate_limited.
   */
  async take(key: string, limit: number = this.limit, count = 1): Promise<Quota> {
    const { consumedPoints, msBeforeNext } = await this.#limiter.consume(key, count);
    const quota = { limit, remaining: Math.max(0, limit - consumedPoints), resetMs: msBeforeNext };
    if (consumedPoints > limit) throw tooMany(this.#what, quota);
    return quota;
  }
}

/** @param what ends the sentence "Too many …". */
export function tooMany(what: string, quota: Quota): AppError {
  return new AppError("rate_limited", `Too many ${what}.`, { retryAfterMs: quota.resetMs, quota });
}

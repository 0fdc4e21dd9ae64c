import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "#shared/errors/app-error.ts";

/**
 * So many in each window, per key, on this node. A key costs memory until its window ends, so what is counted must
 * cost its sender more than that: a request.
 */
export class RateLimit {
  readonly #limiter: RateLimiterMemory;
  readonly #limit: number;
  readonly #what: string;

  /** @param options.what ends the sentence "Too many …". */
  constructor(options: { limit: number; windowSeconds: number; what: string }) {
    this.#limit = options.limit;
    this.#what = options.what;
    this.#limiter = new RateLimiterMemory({ points: options.limit, duration: options.windowSeconds });
  }

  /** @throws AppError rate_limited. */
  async take(key: string): Promise<void> {
    try {
      await this.#limiter.consume(key);
    } catch (thrown) {
      throw thrown instanceof RateLimiterRes ? this.#refusal(thrown) : thrown;
    }
  }

  #refusal(state: RateLimiterRes): AppError {
    return new AppError("rate_limited", `Too many ${this.#what}.`, {
      retryAfterMs: state.msBeforeNext,
      quota: { limit: this.#limit, remaining: 0, resetMs: state.msBeforeNext },
    });
  }
}

import { limits } from "#shared/limits.ts";

/**
 * How many sockets a second are let in. A crowd that lost its gateway comes here all at once; each handshake reads a
 * user's rooms, and all of them together would be the next outage. Those that are sent away are told to come back one
 * after the other, at the rate at which they can be let in.
 */
export class ConnectRate {
  readonly #perMs: number;
  /** At which those that were sent away can be let in: slower, while handshakes are. */
  #servedPerMs: number;
  readonly #burst: number;
  readonly #random: () => number;
  #tokens: number;
  /** Sockets that were sent away and are expected back. */
  #away = 0;
  #atMs = Number.NEGATIVE_INFINITY;

  /**
   * @param options.perSecond as many may also come at once after a second of rest.
   * @param options.random in [0, 1).
   */
  constructor(options: { perSecond: number; random: () => number }) {
    this.#perMs = options.perSecond / 1_000;
    this.#servedPerMs = this.#perMs;
    this.#burst = options.perSecond;
    this.#tokens = options.perSecond;
    this.#random = options.random;
  }

  /** @returns null: let in; else after how many milliseconds to come back. */
  take(nowMs: number): number | null {
    this.#pass(nowMs);
    if (this.#tokens < 1) return this.turnAway(nowMs);
    this.#tokens -= 1;
    return null;
  }

  /** How many a second can be served now. */
  serves(perSecond: number): void {
    this.#servedPerMs = Math.min(this.#perMs, perSecond / 1_000);
  }

  /** One more cannot be served now. @returns after how many milliseconds to come back. */
  turnAway(nowMs: number): number {
    this.#pass(nowMs);
    this.#away += 1;
    const waitMs = Math.max(limits.connectRetryMsMin, this.#away / this.#servedPerMs);
    // Half of it either way: those that were sent away in the same millisecond do not come back in one.
    return Math.round(Math.min(waitMs, limits.connectRetryMsMax) * (0.5 + this.#random()));
  }

  #pass(nowMs: number): void {
    // A clock that was set back gives nothing, and takes nothing.
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + passedMs * this.#perMs);
    this.#away = Math.max(0, this.#away - passedMs * this.#servedPerMs);
  }
}

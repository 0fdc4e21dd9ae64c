import type { Clock } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { ConnectRate } from "./connect-rate.ts";

/** Weight of the newest handshake in what one is believed to take. */
const newest = 0.1;

/**
 * Places of the handshakes that a gateway works on at a time. Whoever finds none free is told to come back when one can
 * be expected to be: places ÷ what a handshake takes now (Little's law) is how many a second are served, however slow
 * the store and the owners of the rooms are at the moment.
 */
export class HandshakeSlots {
  readonly #rate: Pick<ConnectRate, "turnAway" | "serves">;
  readonly #clock: Clock;
  #taken = 0;
  #meanMs = 0;

  constructor(rate: Pick<ConnectRate, "turnAway" | "serves">, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /**
   * @returns what gives the place back.
   * @throws AppError overloaded with `retryAfterMs` when all are taken.
   */
  take(): () => void {
    const startMs = this.#clock.nowMs();
    if (this.#taken >= limits.handshakesInFlightMax) {
      throw new AppError("overloaded", undefined, { retryAfterMs: this.#rate.turnAway(startMs) });
    }
    this.#taken += 1;
    return () => {
      this.#taken -= 1;
      const tookMs = Math.max(1, this.#clock.nowMs() - startMs);
      this.#meanMs += (tookMs - this.#meanMs) * newest;
      this.#rate.serves((limits.handshakesInFlightMax / this.#meanMs) * 1_000);
    };
  }
}

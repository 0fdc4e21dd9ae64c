import type { Clock } from "./clock.ts";

export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly pongWaitMsMax: number;
  readonly ping: () => void;
  readonly dead: () => void;
}

/**
 * Finds a peer that is gone without a word: a ping per interval, and anything heard after it is a sign of life. The
 * wait starts with the ping, not with the interval, so a machine that slept does not take its own sleep for silence.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #waiting = false;
  #cancel: () => void;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#cancel = this.#nextPing();
  }

  heard(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#cancel();
    this.#cancel = this.#nextPing();
  }

  stop(): void {
    this.#cancel();
  }

  #nextPing(): () => void {
    const { clock, intervalMs, pongWaitMsMax, ping, dead } = this.#options;
    return clock.after(intervalMs, () => {
      this.#waiting = true;
      this.#cancel = clock.after(pongWaitMsMax, dead);
      ping();
    });
  }
}

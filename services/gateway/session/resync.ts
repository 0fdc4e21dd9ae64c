import type { Timers } from "#shared/clock.ts";
import type { Session } from "./session.ts";

const sliceMs = 100;

/**
 * Sends clients to connect again: those that may have missed what no history keeps, such as the word that a room has let
 * its user in, that its tokens were revoked, or where its other devices have read to. Their next handshake reads all of
 * it. They go in slices, at half the rate at which this gateway takes sockets, as it may be the one they come back to.
 */
export class Resync {
  readonly #timers: Timers;
  readonly #perSlice: number;
  /** At most all that are connected here. */
  readonly #waiting = new Set<Session>();
  #cancel: (() => void) | null = null;

  constructor(timers: Timers, connectsPerSecond: number) {
    this.#timers = timers;
    this.#perSlice = Math.max(1, Math.floor((connectsPerSecond * sliceMs) / 1_000 / 2));
  }

  add(sessions: Iterable<Session>): void {
    for (const session of sessions) this.#waiting.add(session);
    if (this.#waiting.size > 0) this.#cancel ??= this.#timers.after(sliceMs, () => this.#closeSlice());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#waiting.clear();
  }

  #closeSlice(): void {
    this.#cancel = null;
    let left = this.#perSlice;
    for (const session of this.#waiting) {
      this.#waiting.delete(session);
      if (session.ended) continue;
      session.close("resync");
      if (--left === 0) break;
    }
    this.add([]);
  }
}

import type { Clock, Timers } from "#shared/clock.ts";
import type { SimulatedTime } from "./time.ts";

/** Where a node may be made to die. */
export type Stage = "rows written" | "persisted" | "part emitted" | "emitted" | "commit due";

/**
 * A process of the simulation. All that it waits for (timers, answers, the network) comes through its `after`, so once
 * it has crashed nothing of it goes on, and while it is paused everything waits, in order.
 */
export class Machine implements Clock, Timers {
  readonly name: string;
  /** Its clock is off by this much. */
  readonly skewMs: number;
  /** It dies when it comes here. */
  diesAt: Stage | null = null;
  readonly #time: SimulatedTime;
  readonly #died: () => void;
  readonly #deferred: (() => void)[] = [];
  #alive = true;
  #resumesAtMs = 0;

  /** @param died is called when it crashes. */
  constructor(time: SimulatedTime, name: string, skewMs: number, died: () => void = () => {}) {
    this.#time = time;
    this.name = name;
    this.skewMs = skewMs;
    this.#died = died;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get paused(): boolean {
    return this.#time.nowMs() < this.#resumesAtMs || this.#deferred.length > 0;
  }

  nowMs(): number {
    return this.#time.nowMs() + this.skewMs;
  }

  after(ms: number, callback: () => void): () => void {
    let cancelled = false;
    const run = () => {
      if (!this.#alive || cancelled) return;
      callback();
    };
    const cancel = this.#time.after(ms, () => {
      if (this.paused) this.#deferred.push(run);
      else run();
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }

  every(ms: number, callback: () => void): () => void {
    let cancel = () => {};
    const again = () => {
      cancel = this.after(ms, again);
      callback();
    };
    cancel = this.after(ms, again);
    return () => cancel();
  }

  /** Resolves `ms` from now; never, once it has crashed. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Stands still for so long, and goes on with all that came meanwhile. */
  pause(ms: number): void {
    this.#resumesAtMs = Math.max(this.#resumesAtMs, this.#time.nowMs() + ms);
    this.#time.after(ms, () => this.#goOn());
  }

  crash(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#died();
  }

  /** Returns whether it lives on. */
  reached(stage: Stage): boolean {
    if (this.#alive && this.diesAt === stage) this.crash();
    return this.#alive;
  }

  #goOn(): void {
    if (this.#time.nowMs() < this.#resumesAtMs) return;
    this.#deferred.shift()?.();
    if (this.#deferred.length > 0) this.#time.after(0.01, () => this.#goOn());
  }
}

import type { SimulatedTime } from "./time.ts";

/** What happened in a run, line by line. The same seed gives the same lines. */
export class Trace {
  readonly #time: SimulatedTime;
  readonly #lines: string[] = [];
  readonly #kept: boolean;

  /** @param kept false: lines are not even made, as thousands of runs need none. */
  constructor(time: SimulatedTime, kept: boolean) {
    this.#time = time;
    this.#kept = kept;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  note(who: string, what: () => string): void {
    if (this.#kept) this.#lines.push(`${this.#time.elapsedMs.toFixed(2).padStart(10)} ${who}: ${what()}`);
  }
}

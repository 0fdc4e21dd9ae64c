import { AppError } from "#shared/errors/app-error.ts";

/**
 * Lets so many pass at a time, the others in the order they came. The driver itself refuses what exceeds its
 * connections' streams; here it waits, up to a bound.
 */
export class Gate {
  readonly #openMax: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #next = 0;
  #open = 0;

  constructor(limits: { openMax: number; waitingMax: number }) {
    this.#openMax = limits.openMax;
    this.#waitingMax = limits.waitingMax;
  }

  /** @throws AppError overloaded when as many are waiting as may. */
  async pass<T>(call: () => Promise<T>): Promise<T> {
    if (this.#open < this.#openMax) this.#open++;
    else if (this.#waiting.length - this.#next >= this.#waitingMax) throw new AppError("overloaded");
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await call();
    } finally {
      this.#leave();
    }
  }

  /** Whoever leaves gives its place to the first in the queue, so nobody can slip in between. */
  #leave(): void {
    const first = this.#waiting[this.#next];
    if (first === undefined) {
      this.#open--;
      return;
    }
    this.#next++;
    if (this.#next === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#next = 0;
    } else if (this.#next > 1_024) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    first();
  }
}

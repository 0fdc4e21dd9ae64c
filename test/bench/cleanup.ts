/** What was started and must be ended, whatever happens: the last first. */
export class Cleanup {
  readonly #ends: (() => Promise<void>)[] = [];

  add(end: () => Promise<void>): void {
    this.#ends.push(end);
  }

  /** Ends the newest that was added. */
  async endLast(): Promise<void> {
    await this.#ends.pop()?.();
  }

  /** Ends everything, also when something cannot be ended; throws the first reason then. */
  async endAll(): Promise<void> {
    const failures: unknown[] = [];
    while (this.#ends.length > 0) await this.endLast().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

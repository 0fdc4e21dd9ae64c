/**
 * Equal reads at the same time become one, so that a thousand readers of a hot room are not a thousand reads.
 *
 * Nobody is given a read that began before it asked, which could miss a write it has heard of already: who comes
 * while one is under way waits for the next, shared with all who come until that one begins.
 */
export class Coalescer<T> {
  readonly #reads = new Map<string, { running: Promise<T>; next: Promise<T> | null }>();

  read(key: string, start: () => Promise<T>): Promise<T> {
    const known = this.#reads.get(key);
    if (known === undefined) return this.#begin(key, start);
    known.next ??= known.running.then(
      () => this.#begin(key, start),
      () => this.#begin(key, start),
    );
    return known.next;
  }

  #begin(key: string, start: () => Promise<T>): Promise<T> {
    const running = start().finally(() => {
      // With a next one in line this entry is about to be replaced, in the same turn.
      if (this.#reads.get(key)?.next === null) this.#reads.delete(key);
    });
    this.#reads.set(key, { running, next: null });
    return running;
  }
}

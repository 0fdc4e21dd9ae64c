import { limits } from "#shared/limits.ts";

/** A room's newest messages, by id: recognises a repeat without asking the store. */
export class RecentMessages {
  readonly #ids = new Set<string>();
  /** The room's `countable` with each, where it is known. */
  readonly #countable = new Map<number, number>();

  constructor(oldestFirst: Iterable<{ messageId: string }>) {
    for (const { messageId } of oldestFirst) this.#ids.add(messageId);
  }

  get size(): number {
    return this.#ids.size;
  }

  has(messageId: string): boolean {
    return this.#ids.has(messageId);
  }

  countableAt(number: number): number | undefined {
    return this.#countable.get(number);
  }

  add(messageId: string, number: number, countable: number): void {
    this.#ids.add(messageId);
    this.#countable.set(number, countable);
    dropOldest(this.#ids);
    dropOldest(this.#countable);
  }

  /** It is not kept any more: what repeats it is new. */
  remove(messageId: string): void {
    this.#ids.delete(messageId);
  }
}

function dropOldest(of: Set<string> | Map<number, number>): void {
  if (of.size <= limits.recentMessageIdsMax) return;
  const oldest = of.keys().next();
  if (!oldest.done) (of as Set<unknown>).delete(oldest.value);
}

import { limits } from "#shared/limits.ts";

interface RecentMessage {
  readonly messageId: string;
  /** null: it is from the store, which does not say. */
  readonly number: number | null;
  readonly countable: number;
}

/** A room's newest messages, by id: recognises a repeat without asking the store. */
export class RecentMessages {
  readonly #byId = new Map<string, RecentMessage>();
  /** Each takes the place of the oldest, which a Map is slow to name once it has dropped many. */
  readonly #ring: RecentMessage[] = [];
  #next = 0;

  constructor(oldestFirst: Iterable<{ messageId: string }>) {
    for (const { messageId } of oldestFirst) this.#put({ messageId, number: null, countable: 0 });
  }

  get size(): number {
    return this.#byId.size;
  }

  has(messageId: string): boolean {
    return this.#byId.has(messageId);
  }

  /** The room's `countable` with this message, where it is known. */
  countableAt(number: number): number | undefined {
    const max = limits.recentMessageIdsMax;
    const newest = this.#ring[(this.#next + max - 1) % max];
    if (newest === undefined || newest.number === null) return undefined;
    const back = newest.number - number;
    if (back < 0 || back >= max) return undefined;
    const found = this.#ring[(this.#next + 2 * max - 1 - back) % max];
    return found?.number === number ? found.countable : undefined;
  }

  add(messageId: string, number: number, countable: number): void {
    this.#put({ messageId, number, countable });
  }

  /** It is not kept any more: what repeats it is new. */
  remove(messageId: string): void {
    this.#byId.delete(messageId);
  }

  #put(message: RecentMessage): void {
    const oldest = this.#ring[this.#next];
    if (oldest !== undefined && this.#byId.get(oldest.messageId) === oldest) {
      this.#byId.delete(oldest.messageId);
    }
    this.#byId.set(message.messageId, message);
    this.#ring[this.#next] = message;
    this.#next = (this.#next + 1) % limits.recentMessageIdsMax;
  }
}

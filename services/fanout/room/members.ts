import type { MemberRow } from "#shared/store/store.ts";

/** Changes kept beside the base before both are folded into a new base: bounds the cost of one change. */
const overlayMax = 64;

/**
 * A room's members as a value: a change gives a new one and leaves the old as it was, so that applying a command stays
 * a pure function, also in a room of ten thousand, where copying the whole map for each message would cost more than
 * everything else.
 */
export class Members {
  readonly size: number;
  readonly #base: ReadonlyMap<string, MemberRow>;
  /** Newer than the base; null is a removed member. */
  readonly #overlay: ReadonlyMap<string, MemberRow | null>;

  private constructor(
    size: number,
    base: ReadonlyMap<string, MemberRow>,
    overlay: ReadonlyMap<string, MemberRow | null>,
  ) {
    this.size = size;
    this.#base = base;
    this.#overlay = overlay;
  }

  static of(rows: Iterable<MemberRow>): Members {
    const base = new Map<string, MemberRow>();
    for (const row of rows) base.set(row.userId, row);
    return new Members(base.size, base, new Map());
  }

  get(userId: string): MemberRow | null {
    const changed = this.#overlay.get(userId);
    return changed === undefined ? (this.#base.get(userId) ?? null) : changed;
  }

  with(row: MemberRow): Members {
    return this.#change(row.userId, row, this.get(row.userId) === null ? 1 : 0);
  }

  without(userId: string): Members {
    return this.get(userId) === null ? this : this.#change(userId, null, -1);
  }

  *[Symbol.iterator](): Generator<MemberRow> {
    for (const row of this.#base.values()) if (!this.#overlay.has(row.userId)) yield row;
    for (const row of this.#overlay.values()) if (row !== null) yield row;
  }

  #change(userId: string, row: MemberRow | null, grows: number): Members {
    const size = this.size + grows;
    const overlay = new Map(this.#overlay).set(userId, row);
    const changed = new Members(size, this.#base, overlay);
    return overlay.size > overlayMax ? Members.of(changed) : changed;
  }
}

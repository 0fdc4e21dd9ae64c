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
  /** Without observers. */
  readonly seen: number;
  /** Those who block somebody: few, and of most rooms none. */
  readonly blockers: ReadonlySet<string>;
  readonly #base: ReadonlyMap<string, MemberRow>;
  /** Newer than the base; null is a removed member. */
  readonly #overlay: ReadonlyMap<string, MemberRow | null>;

  private constructor(
    size: number,
    seen: number,
    base: ReadonlyMap<string, MemberRow>,
    overlay: ReadonlyMap<string, MemberRow | null>,
    blockers: ReadonlySet<string>,
  ) {
    this.size = size;
    this.seen = seen;
    this.blockers = blockers;
    this.#base = base;
    this.#overlay = overlay;
  }

  static of(rows: Iterable<MemberRow>): Members {
    const base = new Map<string, MemberRow>();
    const blockers = new Set<string>();
    for (const row of rows) {
      base.set(row.userId, row);
      if (blocks(row)) blockers.add(row.userId);
    }
    const seen = [...base.values()].reduce((count, row) => count + seenAs(row), 0);
    return new Members(base.size, seen, base, new Map(), blockers);
  }

  get(userId: string): MemberRow | null {
    const changed = this.#overlay.get(userId);
    return changed === undefined ? (this.#base.get(userId) ?? null) : changed;
  }

  with(row: MemberRow): Members {
    return this.#change(row.userId, row);
  }

  without(userId: string): Members {
    return this.get(userId) === null ? this : this.#change(userId, null);
  }

  *[Symbol.iterator](): Generator<MemberRow> {
    for (const row of this.#base.values()) if (!this.#overlay.has(row.userId)) yield row;
    for (const row of this.#overlay.values()) if (row !== null) yield row;
  }

  #change(userId: string, row: MemberRow | null): Members {
    const before = this.get(userId);
    const size = this.size + (row === null ? 0 : 1) - (before === null ? 0 : 1);
    const seen = this.seen + seenAs(row) - seenAs(before);
    const overlay = new Map(this.#overlay).set(userId, row);
    const changed = new Members(size, seen, this.#base, overlay, this.#blockersWith(userId, row));
    return overlay.size > overlayMax ? Members.of(changed) : changed;
  }

  #blockersWith(userId: string, row: MemberRow | null): ReadonlySet<string> {
    const isBlocker = row !== null && blocks(row);
    if (isBlocker === this.blockers.has(userId)) return this.blockers;
    const others = [...this.blockers].filter((other) => other !== userId);
    return new Set(isBlocker ? [...others, userId] : others);
  }
}

function blocks({ settings }: MemberRow): boolean {
  return (settings?.blocked.length ?? 0) > 0;
}

function seenAs(row: MemberRow | null): 0 | 1 {
  return row === null || row.role === "observer" ? 0 : 1;
}

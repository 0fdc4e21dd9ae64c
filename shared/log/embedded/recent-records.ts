import type { LogRecord } from "../log.ts";

/** The newest records of a partition, in memory: bounded, the oldest go first. Offsets in it have no holes. */
export class RecentRecords {
  readonly #bounds: { readonly recordsMax: number; readonly charsMax: number };
  #records: LogRecord[] = [];
  /** Records before this index are dropped already; the array is cut when they are half of it. */
  #dropped = 0;
  #chars = 0;

  constructor(bounds: { readonly recordsMax: number; readonly charsMax: number }) {
    this.#bounds = bounds;
  }

  /** Null when nothing is held. */
  get firstOffset(): number | null {
    return this.#records[this.#dropped]?.offset ?? null;
  }

  push(record: LogRecord): void {
    this.#records.push(record);
    this.#chars += charsOf(record);
    const { recordsMax, charsMax } = this.#bounds;
    // The newest stays, however large.
    while (this.#length > recordsMax || (this.#chars > charsMax && this.#length > 1)) this.#dropOldest();
  }

  /** Drops what is older. */
  expire(beforeMs: number): void {
    for (;;) {
      const oldest = this.#records[this.#dropped];
      if (oldest === undefined || oldest.timestampMs >= beforeMs) return;
      this.#dropOldest();
    }
  }

  /** Records from `offset` on, which must not be before the first. At least one, if there is one. */
  read(offset: number, bounds: { readonly recordsMax: number; readonly charsMax: number }): LogRecord[] {
    const first = this.firstOffset;
    if (first === null) return [];
    const from = this.#dropped + offset - first;
    const found: LogRecord[] = [];
    for (let index = from, chars = 0; index < from + bounds.recordsMax; index += 1) {
      const record = this.#records[index];
      if (record === undefined) break;
      chars += charsOf(record);
      if (chars > bounds.charsMax && found.length > 0) break;
      found.push(record);
    }
    return found;
  }

  get #length(): number {
    return this.#records.length - this.#dropped;
  }

  #dropOldest(): void {
    const oldest = this.#records[this.#dropped];
    if (oldest === undefined) return;
    this.#chars -= charsOf(oldest);
    this.#dropped += 1;
    if (this.#dropped * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#dropped);
      this.#dropped = 0;
    }
  }
}

export function charsOf(record: { readonly key: string; readonly value: string | null }): number {
  return record.key.length + (record.value?.length ?? 0);
}

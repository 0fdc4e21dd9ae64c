import { limits } from "#shared/limits.ts";
import type { LogRecord, TopicSpec } from "../log.ts";
import { charsOf, RecentRecords } from "./recent-records.ts";
import type { RecordTable } from "./record-table.ts";

interface Page {
  readonly records: LogRecord[];
  /** Where to read on. Beyond the last record when what lies between is gone. */
  readonly next: number;
}

/** One partition of a topic: what it ends with, and who is to be woken when it grows. */
export class Partition {
  /** Of its rows in the record table. */
  readonly id: number;
  readonly number: number;
  readonly topic: TopicSpec;
  readonly #table: RecordTable;
  readonly #recent: RecentRecords;
  readonly #readers = new Set<() => void>();
  #next: number;
  #end: number;

  constructor(options: { id: number; number: number; topic: TopicSpec; table: RecordTable }) {
    const { id, number, topic, table } = options;
    this.id = id;
    this.number = number;
    this.topic = topic;
    this.#table = table;
    this.#recent = new RecentRecords(
      this.volatile
        ? { recordsMax: limits.volatileRecordsMax, charsMax: limits.volatileCharsMax }
        : { recordsMax: limits.recentRecordsMax, charsMax: limits.recentCharsMax },
    );
    this.#next = this.volatile ? 0 : table.nextOffset(id);
    this.#end = this.#next;
  }

  get volatile(): boolean {
    return this.topic.durability === "volatile";
  }

  get compacted(): boolean {
    return this.topic.cleanup.policy === "compact";
  }

  /** The offset that the next record gets. */
  get next(): number {
    return this.#next;
  }

  /** Readers see what is below. Behind `next` while the disk has not confirmed the newest records. */
  get end(): number {
    return this.#end;
  }

  /** These were committed, from `next` on: their offsets are taken. */
  committed(records: readonly LogRecord[]): void {
    this.#next += records.length;
  }

  /** These are durable, in the order they were committed: readers may see them. */
  publish(records: readonly LogRecord[]): void {
    for (const record of records) this.#recent.push(record);
    this.#end += records.length;
    for (const wake of this.#readers) wake();
  }

  onPublish(wake: () => void): () => void {
    this.#readers.add(wake);
    return () => this.#readers.delete(wake);
  }

  /** Drops what a volatile partition has kept for longer than its topic wants. */
  expireRecent(beforeMs: number): void {
    this.#recent.expire(beforeMs);
  }

  /** A batch's worth of records from `offset` on, from memory if it is all there. */
  read(offset: number): Page {
    if (offset >= this.#end) return { records: [], next: offset };
    const first = this.#recent.firstOffset;
    const records =
      this.volatile || (first !== null && offset >= first)
        ? this.#recent.read(Math.max(offset, first ?? offset), batchBounds)
        : this.#readPages(offset);
    const last = records.at(-1);
    return { records, next: last === undefined ? this.#end : last.offset + 1 };
  }

  #readPages(offset: number): LogRecord[] {
    const records: LogRecord[] = [];
    for (let from = offset, chars = 0; ; ) {
      const wanted = Math.min(limits.logPageRecordsMax, batchBounds.recordsMax - records.length);
      const page = this.#table.read(this.id, from, this.#end, wanted);
      for (const record of page) {
        chars += charsOf(record);
        if (chars > batchBounds.charsMax && records.length > 0) return records;
        records.push(record);
        from = record.offset + 1;
      }
      if (page.length < wanted || records.length >= batchBounds.recordsMax) return records;
    }
  }
}

const batchBounds = { recordsMax: limits.laneBatchRecordsMax, charsMax: limits.laneBatchCharsMax };

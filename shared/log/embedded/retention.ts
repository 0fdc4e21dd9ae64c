import type { Database } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import type { Partition } from "./partition.ts";
import type { RecordTable } from "./record-table.ts";
import type { TopicTable } from "./topic-table.ts";

/**
 * Removes what topics no longer keep, a slice at a time so that appends and readers are not held up. What a group of
 * this process has yet to read stays, however old: a machine that was off for a week loses nothing that it acked.
 */
export class Retention {
  readonly #database: Database;
  readonly #topics: TopicTable;
  readonly #table: RecordTable;
  readonly #readFrom: (partition: Partition) => number;
  #timer: NodeJS.Timeout;
  #turn = 0;

  constructor(options: {
    database: Database;
    topics: TopicTable;
    table: RecordTable;
    /** The lowest offset that a reader has yet to come to; Infinity when nobody reads. */
    readFrom: (partition: Partition) => number;
  }) {
    this.#database = options.database;
    this.#topics = options.topics;
    this.#table = options.table;
    this.#readFrom = options.readFrom;
    this.#timer = setTimeout(() => {
      this.#timer = setInterval(() => this.sweep(Date.now()), limits.retentionSliceMs).unref();
    }, limits.retentionDelayMs).unref();
  }

  /** One slice: of one partition that has something to remove, or of the tombstones. */
  sweep(nowMs: number): void {
    const partitions = this.#topics.all();
    // Each partition costs one look at its oldest row, so a sweep ends after a round even if nothing is old.
    for (let looked = 0; looked <= partitions.length; looked += 1) {
      this.#turn = (this.#turn + 1) % (partitions.length + 1);
      const partition = partitions[this.#turn];
      const removed =
        partition === undefined ? this.#removeTombstones(nowMs) : this.#expire(partition, nowMs);
      if (removed > 0) return;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #removeTombstones(nowMs: number): number {
    return this.#remove(() =>
      this.#table.removeTombstones(nowMs - limits.tombstoneKeepMs, limits.retentionSliceRecords),
    );
  }

  #expire(partition: Partition, nowMs: number): number {
    const { cleanup } = partition.topic;
    if (cleanup.policy === "compact") return 0;
    const beforeMs = nowMs - cleanup.retentionMs;
    if (partition.volatile) {
      partition.expireRecent(beforeMs);
      return 0;
    }
    // The newest row remembers the offset and stays.
    const to = Math.min(partition.end - 1, this.#readFrom(partition));
    if (to <= 0 || !this.#table.hasExpired(partition.id, to, beforeMs)) return 0;
    return this.#remove(() =>
      this.#table.removeExpired(partition.id, to, beforeMs, limits.retentionSliceRecords),
    );
  }

  #remove(work: () => number): number {
    try {
      return this.#database.transaction(work);
    } catch {
      // A disk that is full or broken is reported by the appends; the next slice tries again.
      return 0;
    }
  }
}

import type { Database } from "#shared/embedded/database.ts";
import type { LogRecord } from "../log.ts";

/**
 * A row's id is its partition's id and its offset in one integer, so that a partition is a range of the table in the
 * order of its offsets: 42 bits of offset (10,000 records a second for 14 years), 21 bits of partition.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS log_records (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    value TEXT,
    timestamp_ms INTEGER NOT NULL,
    compacted_in INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS log_records_by_key ON log_records (compacted_in, key)
    WHERE compacted_in IS NOT NULL;
  CREATE INDEX IF NOT EXISTS log_records_tombstones ON log_records (timestamp_ms)
    WHERE compacted_in IS NOT NULL AND value IS NULL;
`;
const idOf = (partition: string, offset: string) => `((${partition} << 42) | ${offset})`;
const offsetOfId = `id & ${2 ** 42 - 1}`;

/**
 * The rows of all durable topics. A compacted topic holds one row per key at any time: an append takes the place of
 * the row before it. The newest row of a partition is never removed, as it is what remembers the offset.
 */
export class RecordTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.exec(schema);
  }

  /** Within a transaction. */
  insert(partitionId: number, record: LogRecord, compacted: boolean): void {
    if (compacted) {
      this.#database
        .prepare("DELETE FROM log_records WHERE compacted_in = ?1 AND key = ?2")
        .run(partitionId, record.key);
    }
    this.#database
      .prepare(
        `INSERT INTO log_records (id, key, value, timestamp_ms, compacted_in)
         VALUES (${idOf("?1", "?2")}, ?3, ?4, ?5, ?6)`,
      )
      .run(
        partitionId,
        record.offset,
        record.key,
        record.value,
        record.timestampMs,
        compacted ? partitionId : null,
      );
  }

  /** Rows with from ≤ offset < to, oldest first. */
  read(partitionId: number, from: number, to: number, limit: number): LogRecord[] {
    return this.#database
      .prepare(
        `SELECT ${offsetOfId} AS offset, key, value, timestamp_ms AS timestampMs FROM log_records
         WHERE id >= ${idOf("?1", "?2")} AND id < ${idOf("?1", "?3")} ORDER BY id LIMIT ?4`,
      )
      .all(partitionId, from, to, limit) as unknown as LogRecord[];
  }

  /** The offset that the next append to the partition gets. */
  nextOffset(partitionId: number): number {
    const newest = this.#database
      .prepare(
        `SELECT ${offsetOfId} AS offset FROM log_records
         WHERE id >= ${idOf("?1", "0")} AND id < ${idOf("(?1 + 1)", "0")} ORDER BY id DESC LIMIT 1`,
      )
      .get(partitionId) as { offset: number } | undefined;
    return newest === undefined ? 0 : newest.offset + 1;
  }

  /** Whether the oldest row with offset < `to` is older than `beforeMs`. */
  hasExpired(partitionId: number, to: number, beforeMs: number): boolean {
    const oldest = this.#database
      .prepare(
        `SELECT timestamp_ms AS timestampMs FROM log_records
         WHERE id >= ${idOf("?1", "0")} AND id < ${idOf("?1", "?2")} ORDER BY id LIMIT 1`,
      )
      .get(partitionId, to) as { timestampMs: number } | undefined;
    return oldest !== undefined && oldest.timestampMs < beforeMs;
  }

  /**
   * Removes rows older than `beforeMs` with offset < `to`, the oldest ones, `limit` at most. Within a transaction.
   *
   * @returns how many.
   */
  removeExpired(partitionId: number, to: number, beforeMs: number, limit: number): number {
    const oldest = this.#database
      .prepare(
        `SELECT ${offsetOfId} AS offset, timestamp_ms AS timestampMs FROM log_records
         WHERE id >= ${idOf("?1", "0")} AND id < ${idOf("?1", "?2")} ORDER BY id LIMIT ?3`,
      )
      .all(partitionId, to, limit) as unknown as { offset: number; timestampMs: number }[];
    const kept = oldest.findIndex((row) => row.timestampMs >= beforeMs);
    const expired = kept === -1 ? oldest : oldest.slice(0, kept);
    const last = expired.at(-1);
    if (last === undefined) return 0;
    this.#database
      .prepare(`DELETE FROM log_records WHERE id >= ${idOf("?1", "0")} AND id <= ${idOf("?1", "?2")}`)
      .run(partitionId, last.offset);
    return expired.length;
  }

  /** Removes tombstones older than `beforeMs`, `limit` at most. Within a transaction. */
  removeTombstones(beforeMs: number, limit: number): number {
    const { changes } = this.#database
      .prepare(
        `DELETE FROM log_records WHERE id IN (
           SELECT id FROM log_records AS old
           WHERE compacted_in IS NOT NULL AND value IS NULL AND timestamp_ms < ?1
             AND EXISTS (SELECT 1 FROM log_records AS later
                         WHERE later.id > old.id AND later.id < (((old.id >> 42) + 1) << 42))
           LIMIT ?2)`,
      )
      .run(beforeMs, limit);
    return Number(changes);
  }
}

import { type Database, orUnavailable } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import type { PartitionSource } from "./partition-source.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS log_offsets (
    group_name TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (group_name, topic, partition)
  ) STRICT, WITHOUT ROWID;
`;
/** A commit every so many records, should they come before the timer does. */
const recordsPerCommit = 1_000;

/**
 * How far each group has come. Written now and then: what was processed after the last write is given again after a
 * crash. Offsets of volatile topics, which begin anew with the process, are kept in memory only.
 */
export class GroupOffsets {
  readonly #database: Database;
  readonly #offsets = new Map<string, number>();
  readonly #unwritten = new Map<string, readonly [string, string, number]>();
  readonly #timer: NodeJS.Timeout;
  #records = 0;

  constructor(database: Database) {
    this.#database = database;
    database.exec(schema);
    this.#timer = setInterval(() => this.write(), limits.offsetCommitMs);
    this.#timer.unref();
  }

  /** The first offset that the group has not processed; 0 when it has processed none. */
  read(group: string, topic: string, partition: number): number {
    const held = this.#offsets.get(keyOf(group, topic, partition));
    if (held !== undefined) return held;
    const row = this.#database
      .prepare("SELECT next FROM log_offsets WHERE group_name = ? AND topic = ? AND partition = ?")
      .get(group, topic, partition) as { next: number } | undefined;
    return row?.next ?? 0;
  }

  processed(group: string, { partition, position, topic }: PartitionSource, records: number): void {
    const key = keyOf(group, topic, partition.number);
    this.#offsets.set(key, position);
    if (partition.volatile) return;
    this.#unwritten.set(key, [group, topic, partition.number]);
    this.#records += records;
    if (this.#records >= recordsPerCommit) this.write();
  }

  /** What cannot be written now is tried again with the next write. */
  write(): void {
    if (this.#unwritten.size === 0) return;
    this.#records = 0;
    try {
      orUnavailable("log_unavailable", () => this.#database.transaction(() => this.#upsertAll()));
      this.#unwritten.clear();
    } catch {
      // Appends meet the same trouble and say so.
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.write();
  }

  #upsertAll(): void {
    for (const [key, [group, topic, partition]] of this.#unwritten) {
      this.#database
        .prepare(
          `INSERT INTO log_offsets (group_name, topic, partition, next) VALUES (?1, ?2, ?3, ?4)
           ON CONFLICT DO UPDATE SET next = excluded.next`,
        )
        .run(group, topic, partition, this.#offsets.get(key) ?? 0);
    }
  }
}

function keyOf(group: string, topic: string, partition: number): string {
  return `${group}\n${topic}\n${partition}`;
}

import type { Database } from "#shared/embedded/database.ts";
import { AppError } from "#shared/errors/app-error.ts";
import type { TopicSpec } from "../log.ts";
import { Partition } from "./partition.ts";
import type { RecordTable } from "./record-table.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS log_topics (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    partitions INTEGER NOT NULL,
    cleanup TEXT NOT NULL
  ) STRICT;
`;
/** A partition's id has 21 bits, 12 of them for its number. */
const partitionsMax = 4_096;
const topicsMax = 512;

interface TopicRow {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: string;
}

/**
 * The topics that exist, with their partitions. What may change with the program (retention, durability) is as the
 * newest `create` says; what may not (number of partitions, policy) is kept in the file.
 */
export class TopicTable {
  readonly #database: Database;
  readonly #records: RecordTable;
  readonly #topics = new Map<string, readonly Partition[]>();

  constructor(database: Database, records: RecordTable) {
    this.#database = database;
    this.#records = records;
    database.exec(schema);
  }

  create(specs: readonly TopicSpec[]): void {
    for (const spec of specs) {
      const row = this.#find(spec.name);
      if (row === undefined) continue;
      if (row.partitions !== spec.partitions) {
        throw new AppError(
          "service_unavailable",
          `Topic ${spec.name} has ${row.partitions} partitions, not ${spec.partitions}.`,
        );
      }
      if (row.cleanup !== spec.cleanup.policy) {
        throw new AppError(
          "service_unavailable",
          `Topic ${spec.name} has cleanup policy ${row.cleanup}, not ${spec.cleanup.policy}.`,
        );
      }
    }
    const ids = this.#database.transaction(() => specs.map((spec) => this.#idOf(spec)));
    for (const [index, spec] of specs.entries()) {
      if (!this.#topics.has(spec.name)) this.#topics.set(spec.name, this.#open(spec, ids[index] ?? 0));
    }
  }

  /** A topic that nobody has created is a fault of the program. */
  partitions(topic: string): readonly Partition[] {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw new Error(`Topic ${topic} was not created.`);
    return partitions;
  }

  partition(topic: string, number: number): Partition {
    const partition = this.partitions(topic)[number];
    if (partition === undefined) throw new Error(`Topic ${topic} has no partition ${number}.`);
    return partition;
  }

  all(): Partition[] {
    return [...this.#topics.values()].flat();
  }

  #open(topic: TopicSpec, topicId: number): Partition[] {
    return Array.from(
      { length: topic.partitions },
      (_, number) =>
        new Partition({ id: topicId * partitionsMax + number, number, topic, table: this.#records }),
    );
  }

  #find(name: string): TopicRow | undefined {
    return this.#database.prepare("SELECT * FROM log_topics WHERE name = ?").get(name) as
      | TopicRow
      | undefined;
  }

  #idOf(spec: TopicSpec): number {
    const known = this.#find(spec.name);
    if (known !== undefined) return known.id;
    const { lastInsertRowid } = this.#database
      .prepare("INSERT INTO log_topics (name, partitions, cleanup) VALUES (?, ?, ?)")
      .run(spec.name, spec.partitions, spec.cleanup.policy);
    const id = Number(lastInsertRowid);
    if (spec.partitions > partitionsMax || id >= topicsMax) {
      throw new Error(`The embedded log holds ${topicsMax} topics of ${partitionsMax} partitions at most.`);
    }
    return id;
  }
}

import { type Database, orUnavailable } from "#shared/embedded/database.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { mustFit } from "../checked-record.ts";
import type { LogObserver, LogRecord, NewRecord, Position } from "../log.ts";
import type { Partition } from "./partition.ts";
import { charsOf } from "./recent-records.ts";
import type { RecordTable } from "./record-table.ts";
import type { TopicTable } from "./topic-table.ts";

interface Append {
  readonly records: readonly { readonly partition: Partition; readonly record: NewRecord }[];
  readonly chars: number;
  readonly startedMs: number;
  readonly resolve: (positions: Position[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What a commit added to one partition. */
type Added = Map<Partition, LogRecord[]>;

/**
 * Group commit: what is appended in one turn of the event loop goes into one transaction. The file is written in that
 * turn; the disk is waited for beside the loop, and only for topics that want it, before anybody sees the records.
 */
export class Appender {
  readonly #database: Database;
  readonly #topics: TopicTable;
  readonly #table: RecordTable;
  readonly #observer: LogObserver;
  #queue: Append[] = [];
  #queuedRecords = 0;
  #queuedChars = 0;
  #scheduled = false;
  #syncing = 0;
  #idle: (() => void)[] = [];

  constructor(options: {
    database: Database;
    topics: TopicTable;
    table: RecordTable;
    observer: LogObserver;
  }) {
    this.#database = options.database;
    this.#topics = options.topics;
    this.#table = options.table;
    this.#observer = options.observer;
  }

  async append(newRecords: readonly NewRecord[]): Promise<Position[]> {
    const records = newRecords.map((record) => {
      mustFit(record);
      return { partition: this.#topics.partition(record.topic, record.partition), record };
    });
    const durable = records.filter(({ partition }) => !partition.volatile);
    const chars = durable.reduce((sum, { record }) => sum + charsOf(record), 0);
    if (durable.length > 0) this.#mustHaveRoom(durable.length, chars);
    this.#publishVolatile(records.filter(({ partition }) => partition.volatile));
    const positions = durable.length === 0 ? [] : await this.#enqueue(durable, chars);
    let index = 0;
    return records.map(({ partition }) => {
      const durablePosition = partition.volatile ? undefined : positions[index++];
      return durablePosition ?? { partition: partition.number, offset: -1 };
    });
  }

  /** Resolves when nothing is on its way. */
  whenIdle(): Promise<void> {
    if (this.#queue.length === 0 && this.#syncing === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #mustHaveRoom(records: number, chars: number): void {
    if (
      this.#queuedRecords > 0 &&
      (this.#queuedRecords + records > limits.appendQueueRecordsMax ||
        this.#queuedChars + chars > limits.appendQueueCharsMax)
    ) {
      throw new AppError("overloaded");
    }
  }

  #publishVolatile(records: Append["records"]): void {
    if (records.length === 0) return;
    const added = toAdded(records, Date.now());
    for (const [partition, recordsAdded] of added) {
      partition.committed(recordsAdded);
      partition.publish(recordsAdded);
      this.#observer.appended(partition.topic.name, recordsAdded.length, 0);
    }
  }

  #enqueue(records: Append["records"], chars: number): Promise<Position[]> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ records, chars, startedMs: performance.now(), resolve, reject });
      this.#queuedRecords += records.length;
      this.#queuedChars += chars;
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After what has come in from all sockets in this turn.
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #takeGroup(): Append[] {
    let records = 0;
    let taken = 0;
    for (const append of this.#queue) {
      if (taken > 0 && records + append.records.length > limits.appendBatchRecordsMax) break;
      records += append.records.length;
      this.#queuedChars -= append.chars;
      taken += 1;
    }
    this.#queuedRecords -= records;
    return this.#queue.splice(0, taken);
  }

  #flush(): void {
    const group = this.#takeGroup();
    const added = toAdded(
      group.flatMap((append) => append.records),
      Date.now(),
    );
    try {
      orUnavailable("log_unavailable", () => this.#database.transaction(() => this.#insert(added)));
    } catch (error) {
      this.#fail(group, added, error);
      return;
    }
    const firstOffsets = new Map([...added.keys()].map((partition) => [partition, partition.next]));
    for (const [partition, records] of added) partition.committed(records);
    publish(added, "written");
    const wantsSync = [...added.keys()].some((partition) => partition.topic.durability === "synced");
    if (!wantsSync) {
      this.#succeed(group, added, firstOffsets);
      return;
    }
    this.#syncing += 1;
    this.#database
      .sync()
      .then(
        () => {
          publish(added, "synced");
          this.#succeed(group, added, firstOffsets);
        },
        (error: unknown) =>
          this.#fail(group, added, new AppError("log_unavailable", undefined, { cause: error })),
      )
      .finally(() => {
        this.#syncing -= 1;
        this.#wakeIdle();
      });
  }

  #insert(added: Added): void {
    for (const [partition, records] of added) {
      for (const record of records) this.#table.insert(partition.id, record, partition.compacted);
    }
  }

  #succeed(group: readonly Append[], added: Added, nextOffsets: Map<Partition, number>): void {
    const next = new Map(nextOffsets);
    for (const append of group) {
      append.resolve(
        append.records.map(({ partition }) => {
          const offset = next.get(partition) ?? 0;
          next.set(partition, offset + 1);
          return { partition: partition.number, offset };
        }),
      );
    }
    const seconds = (performance.now() - (group[0]?.startedMs ?? 0)) / 1_000;
    for (const [partition, records] of added) {
      this.#observer.appended(partition.topic.name, records.length, seconds);
    }
    this.#wakeIdle();
  }

  #fail(group: readonly Append[], added: Added, error: unknown): void {
    for (const topic of new Set([...added.keys()].map((partition) => partition.topic.name))) {
      this.#observer.appendFailed(topic);
    }
    for (const append of group) append.reject(error);
    this.#wakeIdle();
  }

  #wakeIdle(): void {
    if (this.#queue.length > 0 || this.#syncing > 0) return;
    for (const wake of this.#idle.splice(0)) wake();
  }
}

function toAdded(records: Append["records"], timestampMs: number): Added {
  const added: Added = new Map();
  for (const { partition, record } of records) {
    const before = added.get(partition);
    const offset = partition.next + (before?.length ?? 0);
    const stored = { offset, key: record.key, value: record.value, timestampMs };
    if (before === undefined) added.set(partition, [stored]);
    else before.push(stored);
  }
  return added;
}

function publish(added: Added, durability: "written" | "synced"): void {
  for (const [partition, records] of added) {
    if (partition.topic.durability === durability) partition.publish(records);
  }
}

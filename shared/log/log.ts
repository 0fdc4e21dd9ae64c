/**
 * The event log: topics cut into partitions, each an ordered, append-only sequence of records.
 * Two implementations: `kafka.ts` and `embedded.ts`; `test/contracts/log` says what both must do.
 *
 * The delivery contract:
 * - Records of one partition are read in the order of their offsets, which start at 0 and only grow.
 * - An append that resolved is durable as its topic's `durability` says.
 * - Appends made one after the other by one node to one partition keep their order, also when the log retries;
 *   a retry may store a record twice.
 * - Within a group each partition has one owner at a time. A batch is given again, to the same or the next owner,
 *   until `process` has resolved for it: at least once, in order.
 */
export interface EventLog {
  /** Makes the topics that are missing. Refuses one that exists with another partition count. */
  createTopics(topics: readonly TopicSpec[]): Promise<void>;

  /**
   * Appends records; those of one call may go with others in one request (group commit).
   *
   * @returns where each record now is, in the order given; offset is -1 where the topic is volatile.
   * @throws AppError log_unavailable (outcome unknown), overloaded (nothing was taken).
   */
  append(records: readonly NewRecord[]): Promise<Position[]>;

  /** Joins a group: partitions come and go as nodes do. */
  subscribe(subscription: Subscription): Promise<Running>;

  /**
   * Reads one partition alone, outside of any group, from its end: an inbox.
   * When this resolves the position is fixed: whatever is appended from now on will be read.
   */
  tail(options: {
    topic: string;
    partition: number;
    process: (batch: Batch) => Promise<void>;
  }): Promise<Running>;

  /**
   * The name of what holds the records: the same for every node and over restarts, and another for another log.
   * Offsets of two logs must never be compared. Kafka: the id of the cluster; one that is formatted anew under its old
   * id is not told apart.
   */
  identity(): Promise<string>;

  /** Rejects when the log cannot be reached within 2 s: for readiness. */
  ping(): Promise<void>;

  /** Ends every subscription and lets appends in flight finish. */
  close(): Promise<void>;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** compact: the newest record of each key is kept, and a tombstone (value null) ends a key. */
  readonly cleanup:
    | { readonly policy: "compact" }
    | { readonly policy: "delete"; readonly retentionMs: number };
  readonly durability: Durability;
}

/**
 * What an append that resolved survives:
 * - `synced`: the loss of a machine's power. For what is acknowledged to somebody and is nowhere else.
 * - `written`: the death of any process. For what is made again by reading a synced topic once more. Kafka does the
 *   same for both (acks=all); the embedded log spares the wait for the disk.
 * - `volatile`: nothing. The newest records may go in a crash, and the oldest when nobody reads them in time. The
 *   embedded log keeps these in memory.
 */
type Durability = "synced" | "written" | "volatile";

export interface NewRecord {
  readonly topic: string;
  /** Chosen by the writer: see `partitioner.ts`. */
  readonly partition: number;
  readonly key: string;
  /** JSON; null is a tombstone. */
  readonly value: string | null;
}

export interface Position {
  readonly partition: number;
  readonly offset: number;
}

export interface LogRecord {
  readonly offset: number;
  readonly key: string;
  readonly value: string | null;
  /** The value as it is, where it is not UTF-8, so that `value` is not all of it: none that we wrote. */
  readonly bytes?: Uint8Array;
  /** When the log took it: milliseconds since the epoch. */
  readonly timestampMs: number;
}

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** How many records of the partition come after this batch, as last known. */
  readonly behind: number;
}

export interface Subscription {
  readonly group: string;
  /**
   * All have the same number of partitions; the owner of partition p owns p of each.
   * `committed` topics go on where the group left off (from the start, the first time). `replayed` topics are state:
   * every new owner first reads them whole, and gets nothing of the committed ones before `caughtUp` has resolved.
   */
  readonly topics: readonly { readonly name: string; readonly start: "committed" | "replayed" }[];
  /** Called when a partition becomes ours. */
  readonly assign: (partition: number) => PartitionHandler;
}

/** What the owner of a partition does. Calls never overlap, whatever the topic. */
export interface PartitionHandler {
  /** All that the replayed topics held at the start has been processed. */
  caughtUp(): Promise<void>;
  /** Handles records in order. A rejection is tried again after a pause, for ever: nothing is skipped. */
  process(batch: Batch): Promise<void>;
  /**
   * The partition is somebody else's now, or we stop. No call follows. It may come a little after the next owner has
   * begun: between a last call here and the first one there nothing is called here.
   */
  revoked(): void;
}

export interface Running {
  /** Resolves after the batch in hand; commits what was processed. */
  stop(): Promise<void>;
  /** Partitions of ours that have more to do than they have done; one that keeps up is seldom among them, and then not for long. */
  delays(): readonly Delay[];
}

/** Why a reader is not where it should be: at the end of what there is. */
export interface Delay {
  readonly topic: string;
  /** null: all of ours, as the log does not say what is ours now. */
  readonly partition: number | null;
  /** For so long, by this process's own clock. */
  readonly seconds: number;
  /** What the last try of the batch in hand failed with; null when it is only slow. */
  readonly error: unknown;
}

/** What a log tells about itself, for metrics. Both implementations call it; all may be no-ops. */
export interface LogObserver {
  appended(topic: string, records: number, seconds: number): void;
  appendFailed(topic: string): void;
  /** After each batch: how far behind the end the reader is, in records and in seconds of the newest one read. */
  consumed(topic: string, partition: number, records: number, behind: number, lagSeconds: number): void;
  /** A batch whose handler rejected: it will be tried again. */
  stalled(topic: string, partition: number, error: unknown): void;
}

import { isUtf8 } from "node:buffer";
import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload, Kafka, PartitionAssigner } from "kafkajs";
import { limits } from "#shared/limits.ts";
import type { JoinHooks } from "./assigner.ts";
import type { GroupDesk } from "./coordinator.ts";
import { OffsetCommits } from "./offset-commits.ts";
import type { Feed, Place, Reader } from "./reader.ts";
import { within } from "./within.ts";

interface SessionOptions {
  readonly client: Kafka;
  readonly group: string;
  /** The name of this node, where members of that name that are not of this process are known to be dead; else null. */
  readonly node: string | null;
  readonly topics: readonly string[];
  readonly assigner: (hooks: JoinHooks) => PartitionAssigner;
  readonly reader: Reader;
  /** False for a group whose offsets nobody will ask for. */
  readonly commits: boolean;
  /** The consumer has come to its end by itself. */
  readonly onCrash: (error: Error) => void;
}

/** The ids under which consumers of this process are members of groups. */
const membersHere = new Set<string>();

/** The life of one kafkajs consumer: from its first join to its end. It is never started again: another is made. */
export class ConsumerSession implements Feed {
  readonly #options: SessionOptions;
  readonly #consumer: Consumer;
  readonly #commits: OffsetCommits;
  readonly #paused = new Set<string>();
  #starting: Promise<void> = Promise.resolve();
  #joinRequests = 0;
  #memberId: string | null = null;
  #joining = true;
  #closed = false;
  /** When the group has last confirmed us as its member; 0: not yet. */
  confirmedMs = 0;
  /** How many fetches have come back. */
  fetches = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#commits = new OffsetCommits(options.reader, options.commits);
    this.#consumer = options.client.consumer({
      groupId: options.group,
      partitionAssigners: [
        options.assigner({
          seeking: () => this.#seeking(),
          beforeJoin: (group) => this.#beforeJoin(group),
          confirmed: (atMs) => {
            this.confirmedMs = atMs;
          },
          joining: () => {
            this.#joinRequests += 1;
          },
          held: () => options.reader.held(),
        }),
      ],
      sessionTimeout: limits.groupSessionMs,
      heartbeatInterval: limits.groupHeartbeatMs,
      rebalanceTimeout: limits.groupRebalanceMsMax,
      maxWaitTimeInMs: limits.fetchWaitMsMax,
      minBytes: 1,
      maxBytes: limits.fetchBytesMax,
      maxBytesPerPartition: limits.fetchPartitionBytesMax,
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 1_000,
        retries: limits.consumerRetriesMax,
        restartOnFailure: async () => false,
      },
    });
  }

  /**
   * Whether the group has confirmed us so lately that nobody else can have our partitions. A process that was stopped
   * for longer than the session finds out here, before it processes what it still holds.
   */
  get sure(): boolean {
    return !this.#joining && performance.now() - this.confirmedMs < limits.groupSureMsMax;
  }

  /** In the middle of a rebalance, when nothing is fetched. */
  get joining(): boolean {
    return this.#joining;
  }

  /** Resolves when the group has told us our partitions. */
  start(): Promise<void> {
    const { GROUP_JOIN, FETCH, CRASH } = this.#consumer.events;
    this.#starting = new Promise((resolve, reject) => {
      this.#consumer.on(GROUP_JOIN, ({ payload }) => {
        this.#joined(payload);
        resolve();
      });
      this.#consumer.on(CRASH, ({ payload: { error } }) => {
        reject(error);
        if (!this.#closed) this.#options.onCrash(error);
      });
      this.#run().catch(reject);
    });
    this.#consumer.on(FETCH, () => {
      this.fetches += 1;
      this.#options.reader.fetched();
    });
    return this.#starting;
  }

  isPaused({ topic, partition }: Place): boolean {
    return this.#paused.has(`${topic}/${partition}`);
  }

  resume(place: Place): void {
    if (this.#closed || !this.#paused.delete(`${place.topic}/${place.partition}`)) return;
    this.#consumer.resume([{ topic: place.topic, partitions: [place.partition] }]);
  }

  /** Commits what the reader has processed, and leaves the group. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#commits.stop();
    const started = this.#starting.catch(() => {});
    const leave = () => this.#consumer.disconnect().catch(() => {});
    // A consumer that is told to end while it joins for the first time lives on unseen: it is told again.
    await within(limits.groupHandoverMsMax, started);
    await within(limits.groupHandoverMsMax, this.#commits.commit());
    await within(limits.groupHandoverMsMax, leave());
    if (this.#memberId !== null) membersHere.delete(this.#memberId);
    void started.then(leave);
  }

  async #run(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => this.#take(payload),
    });
  }

  #seeking(): void {
    // kafkajs would join once more to leave after, and each join holds the whole group up.
    if (this.#closed) throw new Error("The consumer is closed.");
    this.#joining = true;
  }

  async #beforeJoin(group: GroupDesk): Promise<void> {
    await within(limits.groupHandoverMsMax, this.#options.reader.idle());
    await this.#commits.commit();
    if (this.#memberId === null) await this.#putOutPredecessors(group).catch(() => {});
  }

  /** What a process of our name that died has left in the group, so that nobody waits until its session has run out. */
  async #putOutPredecessors(group: GroupDesk): Promise<void> {
    const { node } = this.#options;
    if (node === null) return;
    const left = (await group.members()).filter(
      ({ clientId, memberId }) => clientId === node && !membersHere.has(memberId),
    );
    await Promise.all(left.map(({ memberId }) => group.putOut(memberId)));
  }

  #joined({ memberId, memberAssignment }: ConsumerGroupJoinEvent["payload"]): void {
    if (this.#closed) return;
    // Who is put out of the group comes back under another id. More than one request means that a generation was made
    // whose assignment we never saw.
    const unbroken = this.#memberId === memberId && this.#joinRequests === 1;
    if (this.#memberId !== null) membersHere.delete(this.#memberId);
    this.#memberId = memberId;
    this.#joinRequests = 0;
    this.#joining = false;
    membersHere.add(memberId);
    const { topics, reader } = this.#options;
    const partitions = (memberAssignment[topics[0] ?? ""] ?? []).map(Number);
    const offsets = reader.joined(partitions, unbroken, this);
    // kafkajs remembers pauses across rebalances, also of partitions that went and came back.
    this.#paused.clear();
    this.#consumer.resume(topics.map((topic) => ({ topic, partitions: [...partitions] })));
    for (const { topic, partition, offset } of offsets) {
      this.#consumer.seek({ topic, partition, offset: String(offset) });
    }
  }

  #take({ batch, commitOffsetsIfNecessary }: EachBatchPayload): void {
    if (this.#closed) return;
    this.#commits.commitWith(commitOffsetsIfNecessary);
    const { topic, partition, messages, highWatermark } = batch;
    const records = messages.map(({ offset, key, value, timestamp }) => ({
      offset: Number(offset),
      key: key?.toString() ?? "",
      value: value?.toString() ?? null,
      timestampMs: Number(timestamp),
      ...(value === null || isUtf8(value) ? {} : { bytes: value }),
    }));
    if (this.#options.reader.push({ topic, partition }, records, Number(highWatermark))) return;
    this.#paused.add(`${topic}/${partition}`);
    this.#consumer.pause([{ topic, partitions: [partition] }]);
  }
}

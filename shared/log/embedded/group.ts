import assert from "node:assert/strict";
import { Lane } from "../lane.ts";
import type { LogObserver, Running, Subscription } from "../log.ts";
import { shareOut } from "../sticky.ts";
import type { GroupOffsets } from "./group-offsets.ts";
import { PartitionSource } from "./partition-source.ts";
import type { TopicTable } from "./topic-table.ts";

interface Member {
  readonly id: string;
  readonly subscription: Subscription;
}

interface Owned {
  readonly member: Member;
  readonly lane: Lane;
  readonly sources: readonly PartitionSource[];
  readonly release: () => void;
}

/** The members of one group in this process, and which of them has which partition. */
export class Group {
  readonly #name: string;
  readonly #topics: TopicTable;
  readonly #offsets: GroupOffsets;
  readonly #observer: LogObserver;
  readonly #members = new Map<string, Member>();
  /** Who should have each partition; `#owned` follows as lanes end. */
  #shares = new Map<number, Member>();
  readonly #owned = new Map<number, Owned>();
  readonly #handovers = new Map<number, Promise<void>>();
  #joined = 0;

  constructor(options: { name: string; topics: TopicTable; offsets: GroupOffsets; observer: LogObserver }) {
    this.#name = options.name;
    this.#topics = options.topics;
    this.#offsets = options.offsets;
    this.#observer = options.observer;
  }

  async join(subscription: Subscription): Promise<Running> {
    const counts = subscription.topics.map(({ name }) => this.#topics.partitions(name).length);
    const count = counts[0];
    assert(count !== undefined, "A subscription names a topic at least.");
    assert(
      counts.every((other) => other === count),
      "All topics of a subscription have the same number of partitions.",
    );
    this.#joined += 1;
    const member: Member = { id: String(this.#joined).padStart(9, "0"), subscription };
    this.#members.set(member.id, member);
    await this.#reshare(count);
    return {
      stop: async () => {
        if (this.#members.delete(member.id)) await this.#reshare(count);
        this.#offsets.write();
      },
      delays: () =>
        [...this.#owned.values()].flatMap((owned) => (owned.member === member ? owned.lane.delays() : [])),
    };
  }

  /** The lowest offset of a partition that a member has yet to process; Infinity when nobody reads it. */
  holdsFrom(topic: string, partition: number): number {
    const source = this.#owned.get(partition)?.sources.find((each) => each.topic === topic);
    return source?.position ?? Number.POSITIVE_INFINITY;
  }

  async #reshare(count: number): Promise<void> {
    const holders = [...this.#members.values()].map((member) => ({
      id: member.id,
      holds: [...this.#shares].filter(([, owner]) => owner === member).map(([partition]) => partition),
    }));
    this.#shares = new Map();
    if (holders.length > 0) {
      for (const [id, partitions] of shareOut(count, holders)) {
        const member = this.#members.get(id);
        for (const partition of member === undefined ? [] : partitions) {
          this.#shares.set(partition, member as Member);
        }
      }
    }
    await Promise.all(Array.from({ length: count }, (_, partition) => this.#handOver(partition)));
  }

  /** One hand-over of a partition at a time: the next owner begins when the one before has ended. */
  #handOver(partition: number): Promise<void> {
    const before = this.#handovers.get(partition) ?? Promise.resolve();
    const handover = before.then(async () => {
      const owned = this.#owned.get(partition);
      if (owned?.member === this.#shares.get(partition)) return;
      if (owned !== undefined) {
        await owned.lane.stop();
        owned.release();
        this.#owned.delete(partition);
      }
      const next = this.#shares.get(partition);
      if (next !== undefined) this.#owned.set(partition, this.#own(partition, next));
    });
    this.#handovers.set(partition, handover);
    return handover;
  }

  #own(number: number, member: Member): Owned {
    const { topics, assign } = member.subscription;
    const sources = topics.map(({ name, start }) => {
      const replayed = start === "replayed";
      return new PartitionSource({
        partition: this.#topics.partition(name, number),
        from: replayed ? 0 : this.#offsets.read(this.#name, name, number),
        replayed,
        onDone: (source, records) => {
          if (!replayed) this.#offsets.processed(this.#name, source, records);
        },
      });
    });
    const lane = new Lane({
      partition: number,
      handler: assign(number),
      sources,
      observer: this.#observer,
    });
    const releases = sources.map(({ partition }) => partition.onPublish(() => lane.wake()));
    return { member, lane, sources, release: () => releases.forEach((release) => void release()) };
  }
}

import { limits } from "#shared/limits.ts";
import { backoffMs } from "../backoff.ts";
import type { Delay, LogObserver, LogRecord, Subscription } from "../log.ts";
import { OwnedPartition } from "./owned-partition.ts";
import type { Feed, Offset, Place, Reader } from "./reader.ts";
import type { Progress } from "./stall-watch.ts";

/** A fetch whose answer is on its way may have been filled before the records came that we wait for. */
const idleFetchesMin = 3;

interface GroupReaderOptions {
  readonly subscription: Subscription;
  readonly observer: LogObserver;
  /** The ends of a topic's partitions, as of now. */
  readonly endsOf: (topic: string) => Promise<ReadonlyMap<number, number>>;
}

/** The partitions that a group has given to this member, across rebalances. */
export class GroupReader implements Reader {
  readonly #options: GroupReaderOptions;
  readonly #owned = new Map<number, OwnedPartition>();
  /** Lanes that were told to stop and have a batch in hand. */
  readonly #ending = new Map<number, Promise<void>>();
  #feed: Feed | null = null;
  #stopped = false;
  #replayedMs = 0;
  #idleFetches = 0;

  constructor(options: GroupReaderOptions) {
    this.#options = options;
  }

  held(): readonly number[] {
    return [...this.#owned.keys()];
  }

  joined(partitions: readonly number[], unbroken: boolean, feed: Feed): Offset[] {
    if (this.#stopped) return [];
    this.#feed = feed;
    for (const partition of [...this.#owned.keys()]) {
      if (!unbroken || !partitions.includes(partition)) this.#drop(partition);
    }
    const gained = partitions.filter((partition) => !this.#owned.has(partition));
    for (const partition of gained) this.#owned.set(partition, this.#own(partition));
    if (gained.length > 0) this.#beginReplay(gained);
    for (const owned of this.#owned.values()) owned.wake();
    return [...this.#owned.values()].flatMap((owned) => owned.received());
  }

  push({ topic, partition }: Place, records: readonly LogRecord[], end: number): boolean {
    const owned = this.#owned.get(partition);
    const source = owned?.source(topic);
    if (owned === undefined || source === undefined) return true;
    source.push(records, end);
    if (source.replaying) this.#replayGoesOn();
    owned.wake();
    return !source.full;
  }

  /**
   * What a replayed topic held at the start may be gone before it is fetched, and nothing tells so. When all fetches
   * came back without any record of a replay for a while, there is no more of it: replayed topics are the first to
   * fill a fetch.
   */
  fetched(): void {
    this.#idleFetches += 1;
    const idleMs = performance.now() - this.#replayedMs;
    if (this.#idleFetches < idleFetchesMin || idleMs < limits.replayIdleMs) return;
    for (const owned of this.#owned.values()) {
      for (const source of owned.sources) {
        if (source.replaying && source.isEmpty && source.replayMeasured)
          source.replayUntil(source.position ?? 0);
      }
      owned.wake();
    }
  }

  delays(): Delay[] {
    return [...this.#owned.values()].flatMap((owned) => owned.delays());
  }

  async idle(): Promise<void> {
    await Promise.all([...this.#owned.values()].map((owned) => owned.idle()));
  }

  processed(): Offset[] {
    return [...this.#owned.values()].flatMap((owned) => owned.processed());
  }

  left(): void {
    this.#feed = null;
    for (const partition of [...this.#owned.keys()]) this.#drop(partition);
  }

  /** Where each partition of the committed topics has been read to, for those that are not full. */
  received(): Progress[] {
    return [...this.#owned].flatMap(([partition, { sources }]) =>
      sources
        .filter(({ replayed, full }) => !replayed && !full)
        .map(({ topic, received }) => ({ topic, partition, received })),
    );
  }

  /** Nothing more is processed. Resolves after the batches in hand; what they were is still to be committed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#owned.values()].map((owned) => owned.stop()));
    await Promise.all(this.#ending.values());
  }

  #own(partition: number): OwnedPartition {
    const { subscription, observer } = this.#options;
    return new OwnedPartition({
      partition,
      topics: subscription.topics,
      assign: subscription.assign,
      observer,
      feed: () => this.#feed,
      after: this.#ending.get(partition) ?? Promise.resolve(),
    });
  }

  #drop(partition: number): void {
    const owned = this.#owned.get(partition);
    if (owned === undefined) return;
    this.#owned.delete(partition);
    const ending = owned.stop().finally(() => {
      if (this.#ending.get(partition) === ending) this.#ending.delete(partition);
    });
    this.#ending.set(partition, ending);
  }

  #replayGoesOn(): void {
    this.#replayedMs = performance.now();
    this.#idleFetches = 0;
  }

  /** Asks how far the replayed topics of these partitions go, until there is an answer or they are lost. */
  #beginReplay(partitions: readonly number[]): void {
    const gained = partitions.map((partition) => this.#owned.get(partition));
    const replayed = this.#options.subscription.topics.filter(({ start }) => start === "replayed");
    for (const { name } of replayed) void this.#measure(name, partitions, gained);
  }

  async #measure(
    topic: string,
    partitions: readonly number[],
    gained: readonly (OwnedPartition | undefined)[],
  ): Promise<void> {
    const stillOurs = () =>
      partitions.some((partition, index) => this.#owned.get(partition) === gained[index]);
    for (let attempt = 0; stillOurs() && !this.#stopped; attempt += 1) {
      try {
        const ends = await this.#options.endsOf(topic);
        this.#replayGoesOn();
        for (const [index, partition] of partitions.entries()) {
          gained[index]?.source(topic)?.replayUntil(ends.get(partition) ?? 0);
          gained[index]?.wake();
        }
        return;
      } catch (error) {
        this.#options.observer.stalled(topic, partitions[0] ?? 0, error);
        const ms = backoffMs(attempt, { min: limits.laneRetryMsMin, max: limits.laneRetryMsMax });
        await new Promise((resolve) => setTimeout(resolve, ms));
      }
    }
  }
}

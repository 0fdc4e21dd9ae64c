import { Lane } from "../lane.ts";
import type { Delay, LogObserver, PartitionHandler } from "../log.ts";
import { QueueSource } from "./queue-source.ts";
import type { Feed, Offset } from "./reader.ts";

interface OwnedOptions {
  readonly partition: number;
  readonly topics: readonly { readonly name: string; readonly start: "committed" | "replayed" }[];
  readonly assign: (partition: number) => PartitionHandler;
  readonly observer: LogObserver;
  readonly feed: () => Feed | null;
  /** The lane of an earlier owner in this process, which must have ended before ours begins. */
  readonly after: Promise<void>;
}

/** A partition that is ours: what was fetched of each of its topics, and the lane that processes it. */
export class OwnedPartition {
  readonly sources: readonly QueueSource[];
  readonly #partition: number;
  readonly #ended: Promise<void>;
  #lane: Lane | null = null;
  #stopped = false;

  constructor(options: OwnedOptions) {
    const { partition, topics, feed } = options;
    this.#partition = partition;
    this.sources = topics.map(({ name: topic, start }) => {
      const source: QueueSource = new QueueSource({
        topic,
        partition,
        replayed: start === "replayed",
        from: start === "replayed" ? 0 : null,
        onDone: () => {
          if (source.hasRoom) feed()?.resume(source);
        },
      });
      return source;
    });
    this.#ended = this.#run(options);
  }

  source(topic: string): QueueSource | undefined {
    return this.sources.find((source) => source.topic === topic);
  }

  wake(): void {
    this.#lane?.wake();
  }

  /** Where to go on fetching, as far as we know. */
  received(): Offset[] {
    return this.sources.flatMap(({ topic, received }) =>
      received === null ? [] : [{ topic, partition: this.#partition, offset: received }],
    );
  }

  /** What was processed of topics whose offsets the group remembers. */
  processed(): Offset[] {
    return this.sources.flatMap(({ topic, replayed, position }) =>
      replayed || position === null ? [] : [{ topic, partition: this.#partition, offset: position }],
    );
  }

  delays(): Delay[] {
    return this.#lane?.delays() ?? [];
  }

  async idle(): Promise<void> {
    await this.#lane?.idle();
  }

  /** Resolves after the batch in hand. */
  stop(): Promise<void> {
    this.#stopped = true;
    void this.#lane?.stop();
    return this.#ended;
  }

  async #run({ partition, assign, observer, feed, after }: OwnedOptions): Promise<void> {
    await after;
    if (this.#stopped) return;
    this.#lane = new Lane({
      partition,
      handler: assign(partition),
      sources: this.sources,
      observer,
      mayRun: () => feed()?.sure ?? false,
    });
    await this.#lane.ended;
  }
}

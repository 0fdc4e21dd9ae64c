import { Lane } from "../lane.ts";
import type { Batch, Delay, LogObserver, LogRecord } from "../log.ts";
import { QueueSource } from "./queue-source.ts";
import type { Feed, Offset, Place, Reader } from "./reader.ts";
import type { Progress } from "./stall-watch.ts";

/** One partition read alone, from an offset on. It has no rivals, so its lane outlives its consumers. */
export class TailReader implements Reader {
  readonly #source: QueueSource;
  readonly #lane: Lane;
  readonly #from: number;
  #feed: Feed | null = null;

  constructor(options: {
    topic: string;
    partition: number;
    from: number;
    process: (batch: Batch) => Promise<void>;
    observer: LogObserver;
  }) {
    const { topic, partition, from, process, observer } = options;
    this.#from = from;
    this.#source = new QueueSource({
      topic,
      partition,
      replayed: false,
      from,
      onDone: () => {
        if (this.#source.hasRoom) this.#feed?.resume(this.#source);
      },
    });
    this.#lane = new Lane({
      partition,
      handler: { process, caughtUp: async () => {}, revoked: () => {} },
      sources: [this.#source],
      observer,
    });
  }

  held(): readonly number[] {
    return [this.#source.partition];
  }

  joined(_partitions: readonly number[], _unbroken: boolean, feed: Feed): Offset[] {
    this.#feed = feed;
    const { topic, partition, received } = this.#source;
    return [{ topic, partition, offset: received ?? this.#from }];
  }

  push(_place: Place, records: readonly LogRecord[], end: number): boolean {
    this.#source.push(records, end);
    this.#lane.wake();
    return !this.#source.full;
  }

  fetched(): void {}

  async idle(): Promise<void> {}

  processed(): Offset[] {
    return [];
  }

  left(): void {
    this.#feed = null;
  }

  received(): Progress[] {
    const { topic, partition, received, full } = this.#source;
    return full ? [] : [{ topic, partition, received }];
  }

  delays(): Delay[] {
    return this.#lane.delays();
  }

  async stop(): Promise<void> {
    await this.#lane.stop();
  }
}

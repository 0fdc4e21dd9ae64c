import type { LogRecord } from "../log.ts";

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** Where in a partition: the offset of the next record. */
export interface Offset extends Place {
  readonly offset: number;
}

/** What a reader may ask of the consumer that feeds it. */
export interface Feed {
  /** False while another member may have our partitions: nothing is to be processed. */
  readonly sure: boolean;
  /** There is room again for records of this partition. */
  resume(place: Place): void;
}

/** What is done with what a consumer fetches. Consumers come and go; the reader stays. */
export interface Reader {
  /** Partitions to be left with us, if that can be. */
  held(): readonly number[];
  /**
   * The consumer has joined its group and has these partitions now.
   *
   * @param unbroken nobody else can have had, since the join before, what was ours then and is now.
   * @returns where to fetch from; what is not named is fetched from the group's committed offset.
   */
  joined(partitions: readonly number[], unbroken: boolean, feed: Feed): Offset[];
  /** @returns false when this partition of the topic should not be fetched before `Feed.resume`. */
  push(place: Place, records: readonly LogRecord[], end: number): boolean;
  /** A fetch came back, with or without records. */
  fetched(): void;
  /** Resolves when nothing is in hand. */
  idle(): Promise<void>;
  /** What was processed and is to be committed. */
  processed(): Offset[];
  /** The consumer is gone. */
  left(): void;
}

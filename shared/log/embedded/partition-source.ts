import type { LaneSource } from "../lane.ts";
import type { LogRecord } from "../log.ts";
import type { Partition } from "./partition.ts";

/** A place in a partition, moving forward as a lane reads. */
export class PartitionSource implements LaneSource {
  readonly partition: Partition;
  readonly #replayUntil: number;
  readonly #onDone: (source: PartitionSource, records: number) => void;
  #position: number;
  #peeked: { readonly records: readonly LogRecord[]; readonly next: number } | null = null;

  constructor(options: {
    partition: Partition;
    /** The first offset to read. */
    from: number;
    replayed: boolean;
    onDone?: (source: PartitionSource, records: number) => void;
  }) {
    this.partition = options.partition;
    // A volatile partition may have lost its beginning, or all of it in a restart.
    this.#position = Math.min(options.from, options.partition.end);
    this.#replayUntil = options.replayed ? options.partition.end : 0;
    this.#onDone = options.onDone ?? (() => {});
  }

  get topic(): string {
    return this.partition.topic.name;
  }

  /** Everything before this offset was processed. */
  get position(): number {
    return this.#position;
  }

  get replaying(): boolean {
    return this.#position < this.#replayUntil;
  }

  peek(): { records: readonly LogRecord[]; behind: number } {
    this.#peeked ??= this.partition.read(this.#position);
    const { records, next } = this.#peeked;
    if (records.length === 0) {
      // Nothing is left between here and `next`.
      this.#position = next;
      this.#peeked = null;
    }
    return { records, behind: this.partition.end - next };
  }

  done(): void {
    if (this.#peeked === null) return;
    this.#position = this.#peeked.next;
    const { records } = this.#peeked;
    this.#peeked = null;
    this.#onDone(this, records.length);
  }
}

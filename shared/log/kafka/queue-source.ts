import { limits } from "#shared/limits.ts";
import type { LaneSource } from "../lane.ts";
import type { LogRecord } from "../log.ts";

/** The records of one topic and partition that were fetched and not yet processed. */
export class QueueSource implements LaneSource {
  readonly topic: string;
  readonly partition: number;
  readonly replayed: boolean;
  #records: LogRecord[] = [];
  #chars = 0;
  #peeked = 0;
  /** Everything before was processed; null before the first record, as the group knows where we begin and we do not. */
  #position: number | null;
  /** The next offset that is new to us. */
  #received: number | null;
  /** Kafka's end of the partition, as of the last fetch. */
  #end = 0;
  #replayUntil: number | null = null;
  readonly #onDone: () => void;

  constructor(options: {
    topic: string;
    partition: number;
    replayed: boolean;
    /** Where to begin, if it is not the group's committed offset. */
    from: number | null;
    onDone: () => void;
  }) {
    this.topic = options.topic;
    this.partition = options.partition;
    this.replayed = options.replayed;
    this.#position = options.from;
    this.#received = options.from;
    this.#onDone = options.onDone;
  }

  get position(): number | null {
    return this.#position;
  }

  get received(): number | null {
    return this.#received;
  }

  get replaying(): boolean {
    return this.replayed && (this.#replayUntil === null || (this.#position ?? 0) < this.#replayUntil);
  }

  /** So much is held that nothing more should be fetched. */
  get full(): boolean {
    return this.#records.length >= limits.laneRecordsMax || this.#chars >= limits.laneCharsMax;
  }

  get hasRoom(): boolean {
    return this.#records.length <= limits.laneRecordsMax / 2 && this.#chars <= limits.laneCharsMax / 2;
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  /** It is known how far the replay goes. */
  get replayMeasured(): boolean {
    return this.#replayUntil !== null;
  }

  /** Tells how far the replay goes: to the end of the partition when it became ours. */
  replayUntil(end: number): void {
    this.#replayUntil = end;
  }

  push(records: readonly LogRecord[], end: number): void {
    this.#end = end;
    for (const record of records) {
      // After a rebalance Kafka may give again what we hold.
      if (this.#received !== null && record.offset < this.#received) continue;
      this.#position ??= record.offset;
      this.#received = record.offset + 1;
      this.#records.push(record);
      this.#chars += charsOf(record);
    }
  }

  peek(): { records: readonly LogRecord[]; behind: number } {
    let count = 0;
    for (let chars = 0; count < Math.min(limits.laneBatchRecordsMax, this.#records.length); count += 1) {
      chars += charsOf(this.#records[count]);
      if (count > 0 && chars > limits.laneBatchCharsMax) break;
    }
    this.#peeked = count;
    const records = this.#records.slice(0, count);
    const last = records.at(-1);
    return { records, behind: last === undefined ? 0 : Math.max(0, this.#end - 1 - last.offset) };
  }

  done(): void {
    const processed = this.#records.splice(0, this.#peeked);
    this.#peeked = 0;
    const last = processed.at(-1);
    if (last === undefined) return;
    for (const record of processed) this.#chars -= charsOf(record);
    this.#position = last.offset + 1;
    this.#onDone();
  }
}

function charsOf(record: LogRecord | undefined): number {
  return record === undefined ? 0 : record.key.length + (record.value?.length ?? 0);
}

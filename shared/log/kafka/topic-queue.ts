import type { Producer, RecordMetadata } from "kafkajs";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { LogObserver, NewRecord, Position } from "../log.ts";

/** One call's records, or a part of them that fits into one request. */
interface Append {
  /** Set when a part failed: those behind it must not be stored without it. */
  readonly call: { failure: AppError | null };
  readonly records: readonly NewRecord[];
  readonly chars: number;
  readonly startedMs: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (positions: Position[]) => void;
  readonly reject: (error: AppError) => void;
}

/** Group commit for one topic: what is appended while a request is on its way goes with the next one. */
export class TopicQueue {
  readonly #topic: string;
  readonly #acks: 1 | -1;
  readonly #producer: Producer;
  readonly #observer: LogObserver;
  #waiting: Append[] = [];
  #records = 0;
  #chars = 0;
  #sending = false;
  #idle: (() => void)[] = [];

  constructor(options: { topic: string; acks: 1 | -1; producer: Producer; observer: LogObserver }) {
    this.#topic = options.topic;
    this.#acks = options.acks;
    this.#producer = options.producer;
    this.#observer = options.observer;
  }

  hasRoom(records: readonly NewRecord[]): boolean {
    return (
      this.#records === 0 ||
      (this.#records + records.length <= limits.appendQueueRecordsMax &&
        this.#chars + charsOf(records) <= limits.appendQueueCharsMax)
    );
  }

  async append(records: readonly NewRecord[]): Promise<Position[]> {
    const call = { failure: null };
    const parts = await Promise.all(partsOf(records).map((part) => this.#enqueue(part, call)));
    return parts.flat();
  }

  #enqueue(records: readonly NewRecord[], call: Append["call"]): Promise<Position[]> {
    return new Promise((resolve, reject) => {
      const append: Append = {
        call,
        records,
        chars: charsOf(records),
        startedMs: performance.now(),
        timer: setTimeout(() => this.#giveUp(append), limits.appendWaitMsMax),
        resolve,
        reject,
      };
      this.#waiting.push(append);
      this.#records += records.length;
      this.#chars += append.chars;
      if (this.#sending) return;
      this.#sending = true;
      // With what else this turn of the event loop brings.
      setImmediate(() => this.#sendAll());
    });
  }

  whenIdle(): Promise<void> {
    return this.#sending ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      if (group.length === 0) continue;
      try {
        const metadata = await this.#producer.send({
          topic: this.#topic,
          acks: this.#acks,
          timeout: limits.appendWaitMsMax,
          messages: group.flatMap(({ records }) =>
            records.map(({ partition, key, value }) => ({ partition, key, value })),
          ),
        });
        mustHoldAll(group, metadata);
        this.#succeed(group, metadata);
      } catch (error) {
        this.#fail(group, error);
      }
    }
    this.#sending = false;
    for (const wake of this.#idle.splice(0)) wake();
  }

  #takeGroup(): Append[] {
    let taken = 0;
    let records = 0;
    let chars = 0;
    for (const append of this.#waiting) {
      const fits =
        records + append.records.length <= limits.appendBatchRecordsMax &&
        chars + append.chars <= limits.appendBatchCharsMax;
      if (taken > 0 && !fits) break;
      taken += 1;
      records += append.records.length;
      chars += append.chars;
    }
    this.#records -= records;
    this.#chars -= chars;
    const group = this.#waiting.splice(0, taken);
    for (const { call, timer, reject } of group) {
      if (call.failure === null) continue;
      clearTimeout(timer);
      reject(call.failure);
    }
    return group.filter(({ call }) => call.failure === null);
  }

  /** Kafka says where each partition's records begin; in a partition they have the order in which we sent them. */
  #succeed(group: readonly Append[], metadata: readonly RecordMetadata[]): void {
    const next = new Map(metadata.map(({ partition, baseOffset }) => [partition, Number(baseOffset ?? -1)]));
    let count = 0;
    for (const { records, timer, resolve } of group) {
      clearTimeout(timer);
      count += records.length;
      resolve(
        records.map(({ partition }) => {
          const offset = next.get(partition) ?? -1;
          next.set(partition, offset + 1);
          return { partition, offset: this.#acks === 1 ? -1 : offset };
        }),
      );
    }
    this.#observer.appended(this.#topic, count, (performance.now() - (group[0]?.startedMs ?? 0)) / 1_000);
  }

  #fail(group: readonly Append[], cause: unknown): void {
    this.#observer.appendFailed(this.#topic);
    for (const { call, timer, reject } of group) {
      clearTimeout(timer);
      call.failure = new AppError("log_unavailable", undefined, { cause });
      reject(call.failure);
    }
  }

  /** The request, if it was sent, goes on: what comes after it must not overtake it. */
  #giveUp(append: Append): void {
    const index = this.#waiting.indexOf(append);
    if (index !== -1) {
      this.#waiting.splice(index, 1);
      this.#records -= append.records.length;
      this.#chars -= append.chars;
    }
    this.#observer.appendFailed(this.#topic);
    append.call.failure = new AppError("log_unavailable");
    append.reject(append.call.failure);
  }
}

/** kafkajs leaves records of a partition that it does not know out of the request, and calls it a success. */
function mustHoldAll(group: readonly Append[], metadata: readonly RecordMetadata[]): void {
  const stored = new Set(metadata.map(({ partition }) => partition));
  for (const { topic, partition } of group.flatMap(({ records }) => records)) {
    if (!stored.has(partition)) throw new Error(`Topic ${topic} has no partition ${partition}.`);
  }
}

function partsOf(records: readonly NewRecord[]): NewRecord[][] {
  const parts: NewRecord[][] = [];
  let part: NewRecord[] = [];
  let chars = 0;
  for (const record of records) {
    const more = charsOf([record]);
    const full = part.length >= limits.appendBatchRecordsMax || chars + more > limits.appendBatchCharsMax;
    if (part.length === 0 || full) {
      part = [];
      parts.push(part);
      chars = 0;
    }
    part.push(record);
    chars += more;
  }
  return parts;
}

function charsOf(records: readonly NewRecord[]): number {
  return records.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
}

import type { Producer, RecordMetadata, TopicMessages } from "kafkajs";
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

/** Group commit: what is appended while a request is on its way goes with the next one, whatever its topic. */
export class ProduceQueue {
  readonly #acks: 1 | -1;
  readonly #producer: Producer;
  readonly #observer: LogObserver;
  #waiting: Append[] = [];
  #records = 0;
  #chars = 0;
  #sending = false;
  #idle: (() => void)[] = [];

  constructor(options: { acks: 1 | -1; producer: Producer; observer: LogObserver }) {
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
        const metadata = await this.#producer.sendBatch({
          acks: this.#acks,
          timeout: limits.appendWaitMsMax,
          topicMessages: topicMessagesOf(group),
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
    const next = new Map<string, number>();
    for (const { topicName, partition, baseOffset } of metadata) {
      next.set(placeOf(topicName, partition), Number(baseOffset ?? -1));
    }
    const counts = new Map<string, number>();
    for (const { records, timer, resolve } of group) {
      clearTimeout(timer);
      resolve(
        records.map(({ topic, partition }) => {
          counts.set(topic, (counts.get(topic) ?? 0) + 1);
          const place = placeOf(topic, partition);
          const offset = next.get(place) ?? -1;
          next.set(place, offset + 1);
          return { partition, offset };
        }),
      );
    }
    const seconds = (performance.now() - (group[0]?.startedMs ?? 0)) / 1_000;
    for (const [topic, count] of counts) this.#observer.appended(topic, count, seconds);
  }

  #fail(group: readonly Append[], cause: unknown): void {
    for (const { call, records, timer, reject } of group) {
      this.#observeFailure(records);
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
    this.#observeFailure(append.records);
    append.call.failure = new AppError("log_unavailable");
    append.reject(append.call.failure);
  }

  #observeFailure(records: readonly NewRecord[]): void {
    for (const topic of new Set(records.map(({ topic }) => topic))) this.#observer.appendFailed(topic);
  }
}

function topicMessagesOf(group: readonly Append[]): TopicMessages[] {
  const byTopic = new Map<string, TopicMessages>();
  for (const { topic, partition, key, value } of group.flatMap(({ records }) => records)) {
    const ofTopic = byTopic.get(topic) ?? { topic, messages: [] };
    byTopic.set(topic, ofTopic);
    ofTopic.messages.push({ partition, key, value });
  }
  return [...byTopic.values()];
}

function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/** kafkajs leaves records of a partition that it does not know out of the request, and calls it a success. */
function mustHoldAll(group: readonly Append[], metadata: readonly RecordMetadata[]): void {
  const stored = new Set(metadata.map(({ topicName, partition }) => placeOf(topicName, partition)));
  for (const { topic, partition } of group.flatMap(({ records }) => records)) {
    if (!stored.has(placeOf(topic, partition)))
      throw new Error(`Topic ${topic} has no partition ${partition}.`);
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

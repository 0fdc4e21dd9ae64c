import type { Kafka, Producer } from "kafkajs";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { mustFit } from "../checked-record.ts";
import type { LogObserver, NewRecord, Position } from "../log.ts";
import { TopicQueue } from "./topic-queue.ts";
import { within } from "./within.ts";

/**
 * Appends by topic: each has its queue and one request on its way, so that order holds also when it is tried again.
 *
 * Volatile topics have a connection of their own, as a broker answers the requests of one connection in turn and the
 * others wait for all replicas.
 */
export class Appender {
  readonly #durable: Producer;
  readonly #volatile: Producer;
  readonly #isVolatile: (topic: string) => boolean;
  readonly #observer: LogObserver;
  readonly #queues = new Map<string, TopicQueue>();

  constructor(options: {
    client: () => Kafka;
    isVolatile: (topic: string) => boolean;
    observer: LogObserver;
  }) {
    this.#durable = producerOf(options.client());
    this.#volatile = producerOf(options.client());
    this.#isVolatile = options.isVolatile;
    this.#observer = options.observer;
  }

  async connect(): Promise<void> {
    await Promise.all([this.#durable.connect(), this.#volatile.connect()]);
  }

  async append(records: readonly NewRecord[]): Promise<Position[]> {
    const byTopic = new Map<string, number[]>();
    for (const [index, record] of records.entries()) {
      mustFit(record);
      const indexes = byTopic.get(record.topic);
      if (indexes === undefined) byTopic.set(record.topic, [index]);
      else indexes.push(index);
    }
    const parts = [...byTopic].map(([topic, indexes]) => ({
      queue: this.#queueOf(topic),
      indexes,
      records: indexes.map((index) => records[index] as NewRecord),
    }));
    if (!parts.every((part) => part.queue.hasRoom(part.records))) throw new AppError("overloaded");
    const positions: Position[] = [];
    await Promise.all(
      parts.map(async ({ queue, indexes, records }) => {
        const appended = await queue.append(records);
        for (const [nth, index] of indexes.entries()) positions[index] = appended[nth] as Position;
      }),
    );
    return positions;
  }

  /** Lets what is on its way finish, or its callers give up. */
  async close(): Promise<void> {
    const idle = Promise.all([...this.#queues.values()].map((queue) => queue.whenIdle()));
    await within(limits.appendWaitMsMax, idle);
    const left = Promise.allSettled([this.#durable.disconnect(), this.#volatile.disconnect()]);
    await within(limits.pingMsMax, left);
  }

  #queueOf(topic: string): TopicQueue {
    const known = this.#queues.get(topic);
    if (known !== undefined) return known;
    const isVolatile = this.#isVolatile(topic);
    const queue = new TopicQueue({
      topic,
      acks: isVolatile ? 1 : -1,
      producer: isVolatile ? this.#volatile : this.#durable,
      observer: this.#observer,
    });
    this.#queues.set(topic, queue);
    return queue;
  }
}

function producerOf(client: Kafka): Producer {
  return client.producer({
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
    // The last try begins before the callers give up.
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: Math.ceil(limits.appendWaitMsMax / 1_000) },
  });
}

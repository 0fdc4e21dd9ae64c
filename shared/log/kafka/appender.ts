import type { Kafka, Producer } from "kafkajs";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { mustFit } from "../checked-record.ts";
import type { LogObserver, NewRecord, Position } from "../log.ts";
import { ProduceQueue } from "./produce-queue.ts";
import { within } from "./within.ts";

/**
 * Two ways to the brokers, each with one request under way, so that order holds also when it is tried again: the
 * durable one waits for all replicas, the volatile one, on a connection of its own, for none of them. A broker answers
 * the requests of one connection in turn.
 *
 * What is appended by one call goes by one way, in one request: an owner's events and deliveries together cost half of
 * what they cost apart, and that is most of what a message costs that travels alone.
 */
export class Appender {
  readonly #durableProducer: Producer;
  readonly #volatileProducer: Producer;
  readonly #durable: ProduceQueue;
  readonly #volatile: ProduceQueue;
  readonly #isVolatile: (topic: string) => boolean;

  constructor(options: {
    client: () => Kafka;
    isVolatile: (topic: string) => boolean;
    observer: LogObserver;
  }) {
    const { client, observer } = options;
    this.#durableProducer = producerOf(client());
    this.#volatileProducer = producerOf(client());
    this.#durable = new ProduceQueue({ acks: -1, producer: this.#durableProducer, observer });
    this.#volatile = new ProduceQueue({ acks: 1, producer: this.#volatileProducer, observer });
    this.#isVolatile = options.isVolatile;
  }

  async connect(): Promise<void> {
    await Promise.all([this.#durableProducer.connect(), this.#volatileProducer.connect()]);
  }

  async append(records: readonly NewRecord[]): Promise<Position[]> {
    if (records.length === 0) return [];
    for (const record of records) mustFit(record);
    const queue = records.every(({ topic }) => this.#isVolatile(topic)) ? this.#volatile : this.#durable;
    if (!queue.hasRoom(records)) throw new AppError("overloaded");
    const positions = await queue.append(records);
    // A broker may lose what it was not to wait for, and give the offset to another record.
    return positions.map((position, i) => {
      return this.#isVolatile((records[i] as NewRecord).topic) ? { ...position, offset: -1 } : position;
    });
  }

  /** Lets what is on its way finish, or its callers give up. */
  async close(): Promise<void> {
    const idle = Promise.all([this.#durable.whenIdle(), this.#volatile.whenIdle()]);
    await within(limits.appendWaitMsMax, idle);
    const left = Promise.allSettled([
      this.#durableProducer.disconnect(),
      this.#volatileProducer.disconnect(),
    ]);
    await within(limits.pingMsMax, left);
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

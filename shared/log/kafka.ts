import { randomUUID } from "node:crypto";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { Administrator } from "./kafka/administrator.ts";
import { Appender } from "./kafka/appender.ts";
import { coPartitioned, onlyPartition } from "./kafka/assigner.ts";
import { type KafkaConnection, kafkaClient } from "./kafka/client.ts";
import { ConsumerSession } from "./kafka/consumer-session.ts";
import { createTopics } from "./kafka/create-topics.ts";
import { GroupReader } from "./kafka/group-reader.ts";
import { endsOf, unreadOf } from "./kafka/partition-ends.ts";
import { Supervisor } from "./kafka/supervisor.ts";
import { TailReader } from "./kafka/tail-reader.ts";
import { orLogUnavailable } from "./kafka/unavailable.ts";
import type { EventLog, LogObserver, Running } from "./log.ts";
import { type LogLogger, noLogger } from "./log-logger.ts";
import { noObserver } from "./no-observer.ts";

interface KafkaLogOptions extends KafkaConnection {
  /** Of topics that are made; −1 is the brokers' own default. */
  readonly replicationFactor?: number;
  readonly observer?: LogObserver;
  readonly logger?: LogLogger;
}

/**
 * The event log on Kafka.
 *
 * @throws AppError log_unavailable when no broker can be reached.
 */
export async function connectKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const { replicationFactor = -1, observer = noObserver, logger = noLogger, ...connection } = options;
  const client = () => kafkaClient(connection, logger);
  const consumerClient = () => kafkaClient(connection, logger, limits.consumerRetriesMax);
  const admin = new Administrator(connection, logger);
  const volatileTopics = new Set<string>();
  const appender = new Appender({ client, isVolatile: (topic) => volatileTopics.has(topic), observer });
  const running = new Set<Running>();
  let closed = false;
  await orLogUnavailable(() => appender.connect());

  function mustBeOpen(): void {
    if (closed) throw new AppError("log_unavailable", "The log is closed.");
  }

  async function started(supervisor: Supervisor): Promise<Running> {
    const tracking: Running = {
      stop: async () => {
        running.delete(tracking);
        await supervisor.stop();
      },
      delays: () => supervisor.delays(),
    };
    running.add(tracking);
    try {
      await orLogUnavailable(() => supervisor.start());
    } catch (error) {
      running.delete(tracking);
      throw error;
    }
    return tracking;
  }

  return {
    async createTopics(specs) {
      mustBeOpen();
      for (const { name, durability } of specs) if (durability === "volatile") volatileTopics.add(name);
      await orLogUnavailable(() => createTopics(admin, specs, replicationFactor));
    },

    async append(records) {
      mustBeOpen();
      return await appender.append(records);
    },

    async subscribe(subscription) {
      mustBeOpen();
      const { group } = subscription;
      // What is replayed is fetched first.
      const topics = subscription.topics
        .toSorted((a, b) => Number(b.start === "replayed") - Number(a.start === "replayed"))
        .map(({ name }) => name);
      const reader = new GroupReader({ subscription, observer, endsOf: (topic) => endsOf(admin, topic) });
      return await started(
        new Supervisor({
          group,
          topic: topics[0] ?? "",
          reader,
          logger,
          unread: (places) => unreadOf(admin, group, places),
          session: (onCrash) =>
            new ConsumerSession({
              client: consumerClient(),
              group,
              node: connection.clientId,
              topics,
              reader,
              onCrash,
              commits: true,
              assigner: (hooks) => coPartitioned(topics, hooks),
            }),
        }),
      );
    },

    async tail({ topic, partition, process }) {
      mustBeOpen();
      const ends = await orLogUnavailable(() => endsOf(admin, topic));
      const from = ends.get(partition);
      if (from === undefined) throw new Error(`Topic ${topic} has no partition ${partition}.`);
      const name = `${connection.clientId}-tail`;
      const reader = new TailReader({ topic, partition, from, process, observer });
      return await started(
        new Supervisor({
          group: name,
          topic,
          reader,
          logger,
          unread: (places) => unreadOf(admin, name, places),
          session: (onCrash) =>
            new ConsumerSession({
              client: consumerClient(),
              // A group for each consumer: in the one before, Kafka would wait for a member that is gone. It forgets
              // groups without members and offsets by itself.
              group: `${name}-${randomUUID()}`,
              node: null,
              topics: [topic],
              reader,
              onCrash,
              commits: false,
              assigner: (hooks) => onlyPartition(topic, partition, hooks),
            }),
        }),
      );
    },

    async identity() {
      mustBeOpen();
      const { clusterId } = await orLogUnavailable(() => admin.run((kafka) => kafka.describeCluster()));
      return clusterId;
    },

    async ping() {
      mustBeOpen();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new AppError("log_unavailable")), limits.pingMsMax);
      });
      const answered = orLogUnavailable(() => admin.run((kafka) => kafka.describeCluster()));
      answered.catch(() => {});
      await Promise.race([answered, late]).finally(() => clearTimeout(timer));
    },

    async close() {
      closed = true;
      await Promise.all([...running].map((each) => each.stop()));
      await appender.close();
      await admin.close();
    },
  };
}

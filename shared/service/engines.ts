import type { Registry } from "prom-client";
import type { ConfigOf } from "#shared/config/parse.ts";
import { connectKafkaLog } from "#shared/log/kafka.ts";
import type { EventLog } from "#shared/log/log.ts";
import { type Topics, topicsOf } from "#shared/log/topics.ts";
import { createLogMetrics } from "#shared/metrics/log-metrics.ts";
import { createStoreMetrics } from "#shared/metrics/store-metrics.ts";
import { connectCassandraStore } from "#shared/store/cassandra/cassandra-store.ts";
import type { Store } from "#shared/store/store.ts";
import { joinDeployment } from "./deployment.ts";
import { enginesReady } from "./engines-ready.ts";
import { type KafkaConfig, kafkaOptionsOf } from "./kafka-options.ts";
import type { Service } from "./lifecycle.ts";
import type { Logger } from "./logger.ts";

/** What any process of a distributed deployment stands on. */
export interface Engines {
  readonly log: EventLog;
  readonly store: Store;
  readonly topics: Topics;
  /** How often the log of this deployment was made anew. */
  readonly epoch: number;
  /** To be the first of the process's services: started before the others, stopped after them. */
  readonly service: Service;
}

type EngineConfig = KafkaConfig &
  Pick<
    ConfigOf<"fanout">,
    | "topicPrefix"
    | "partitions"
    | "inboxPartitions"
    | "cassandraContactPoints"
    | "cassandraDatacenter"
    | "cassandraKeyspace"
    | "cassandraUsername"
    | "cassandraPassword"
  >;

/**
 * Connects to Kafka and Cassandra.
 *
 * @throws Error where the deployment is another: see `joinDeployment`.
 * @throws AppError log_unavailable, store_unavailable.
 */
export async function connectEngines(options: {
  config: EngineConfig;
  logger: Logger;
  registry: Registry;
  nodeId: string;
}): Promise<Engines> {
  const { config, logger, registry, nodeId } = options;
  const store = await connectCassandraStore({
    contactPoints: config.cassandraContactPoints,
    localDataCenter: config.cassandraDatacenter,
    keyspace: config.cassandraKeyspace,
    ...credentialsOf(config),
    observer: createStoreMetrics(registry),
  });
  try {
    const log = await connectKafkaLog({
      ...kafkaOptionsOf(config),
      clientId: nodeId,
      observer: createLogMetrics(registry),
      logger,
    });
    try {
      const { epoch } = await joinDeployment(store, log, config);
      const { topicPrefix: prefix, partitions, inboxPartitions } = config;
      const topics = topicsOf({ prefix, partitions, inboxPartitions });
      return { log, store, topics, epoch, service: enginesService({ log, store, topics }) };
    } catch (error) {
      await log.close();
      throw error;
    }
  } catch (error) {
    await store.close();
    throw error;
  }
}

function enginesService({ log, store, topics }: Pick<Engines, "log" | "store" | "topics">): Service {
  return {
    name: "engines",
    start: () => log.createTopics(topics.specs),
    drain: async () => {},
    stop: async () => {
      try {
        await log.close();
      } finally {
        await store.close();
      }
    },
    ready: async () => {
      await enginesReady({ log, store });
    },
  };
}

function credentialsOf({ cassandraUsername, cassandraPassword }: EngineConfig) {
  if (cassandraUsername === null || cassandraPassword === null) return {};
  return { credentials: { username: cassandraUsername, password: cassandraPassword } };
}

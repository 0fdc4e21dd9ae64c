import { randomUUID } from "node:crypto";
import { Kafka, logLevel } from "kafkajs";
import { type ContainerPlan, startContainer } from "./container.ts";
import type { Engine, EngineContainer, EngineOptions } from "./engine.ts";
import { oneCollector, quickToWarm } from "./java.ts";
import { namedEngine } from "./named-engine.ts";

/** The Kafka that SENDSAR_KAFKA_BROKERS names, else a container of our own. */
export async function startKafka(options: EngineOptions = {}): Promise<Engine> {
  return (await namedEngine("SENDSAR_KAFKA_BROKERS", kafkaAnswers)) ?? (await startKafkaContainer(options));
}

/** A broker of the caller's own, whatever the environment names: for tests that take it down. */
export function startKafkaContainer(options: EngineOptions = {}): Promise<EngineContainer> {
  return startContainer(kafkaPlan, options);
}

export const kafkaPlan: ContainerPlan = {
  name: "kafka",
  containerPort: 9092,
  startedLine: /Kafka Server started/,
  answers: kafkaAnswers,
  environment: (host, port) => ({
    CLUSTER_ID: newClusterId(),
    KAFKA_HEAP_OPTS: `-Xms256m -Xmx512m ${quickToWarm}`,
    KAFKA_JVM_PERFORMANCE_OPTS: `-server ${oneCollector}`,
    KAFKA_NODE_ID: "1",
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_LISTENERS: "PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093",
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${host}:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    KAFKA_INTER_BROKER_LISTENER_NAME: "PLAINTEXT",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_CONTROLLER_QUORUM_VOTERS: "1@127.0.0.1:9093",
    KAFKA_LOG_DIRS: "/tmp/kraft-combined-logs",
    // A topic nobody created is a bug to see, not one to have made for us with one partition.
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false",
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
    // One node: the internal topics' defaults ask for three, and fifty partitions take seconds to make.
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: "1",
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: "1",
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: "1",
    KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: "1",
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: "1",
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_NUM_PARTITIONS: "1",
  }),
};

/**
 * Another for each container, as services know their log by it. 16 bytes in base64url; the fixed bits in front keep it
 * from beginning with a dash, which the tool that formats the disk takes for an option.
 */
export function newClusterId(): string {
  return Buffer.from(`40${randomUUID().replaceAll("-", "").slice(2)}`, "hex").toString("base64url");
}

/** True when the broker serves metadata and coordinates groups: the first consumer need not wait for either. */
async function kafkaAnswers(brokers: readonly string[]): Promise<boolean> {
  const kafka = new Kafka({
    clientId: "sendsar-engine-check",
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 1, initialRetryTime: 50 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.describeGroups(["sendsar-engine-check"]);
    return true;
  } finally {
    await admin.disconnect();
  }
}

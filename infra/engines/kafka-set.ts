import { randomUUID } from "node:crypto";
import { runCommand } from "./command.ts";
import { startContainer } from "./container.ts";
import { ensureDocker } from "./docker.ts";
import type { EngineContainer } from "./engine.ts";
import { kafkaPlan, newClusterId } from "./kafka.ts";

/** Several brokers that are one Kafka, each of them a controller too: for tests that take one of them down. */
export interface KafkaSet {
  readonly brokers: readonly EngineContainer[];
  readonly addresses: readonly string[];
  stop(): Promise<void>;
}

const networkDeadlineMs = 20_000;

export async function startKafkaSet(count: number): Promise<KafkaSet> {
  await ensureDocker();
  const network = `sendsar-${randomUUID()}`;
  await runCommand("docker", ["network", "create", network], { deadlineMs: networkDeadlineMs });
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const nameOf = (id: number) => `kafka-${id}`;
  const clusterId = newClusterId();
  const copies = String(count);
  const starting = await Promise.allSettled(
    ids.map((id) =>
      startContainer(
        {
          ...kafkaPlan,
          network: { name: network, alias: nameOf(id) },
          environment: (host, port) => ({
            ...kafkaPlan.environment(host, port),
            CLUSTER_ID: clusterId,
            KAFKA_NODE_ID: String(id),
            KAFKA_LISTENERS: "PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093,INTERNAL://0.0.0.0:9094",
            KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${host}:${port},INTERNAL://${nameOf(id)}:9094`,
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP:
              "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT",
            KAFKA_INTER_BROKER_LISTENER_NAME: "INTERNAL",
            KAFKA_CONTROLLER_QUORUM_VOTERS: ids.map((other) => `${other}@${nameOf(other)}:9093`).join(","),
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: copies,
            KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: copies,
            KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: copies,
          }),
        },
        {},
      ),
    ),
  );
  const brokers = starting.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stop = async () => {
    await Promise.all(brokers.map((broker) => broker.stop()));
    await runCommand("docker", ["network", "rm", network], { deadlineMs: networkDeadlineMs });
  };
  const failed = starting.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { brokers, addresses: brokers.flatMap(({ addresses }) => addresses), stop };
}

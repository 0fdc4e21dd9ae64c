import cassandra from "cassandra-driver";
import { Kafka, logLevel } from "kafkajs";
import {
  type DeployOptions,
  makeDataDir,
  type RunningDeployment,
  removeDataDir,
  startCluster,
  startStandalone,
} from "#test/deployments/deployment.ts";
import { engines, uniqueName } from "#test/environment/engines.ts";

/** cluster: one process of each service. 2+2+2: two of each that carries messages, behind one URL. */
export type Kind = "standalone" | "cluster" | "2+2+2";

/** Where a deployment keeps what outlives it. */
export interface Place extends DeployOptions {
  readonly env: Readonly<Record<string, string>>;
}

export async function makePlace(kind: Kind): Promise<Place> {
  const dataDir = await makeDataDir();
  if (kind === "standalone") return { dataDir, env: {} };
  const { kafkaBrokers, cassandraContactPoints } = engines();
  return {
    dataDir,
    env: {
      SENDSAR_KAFKA_BROKERS: kafkaBrokers.join(","),
      SENDSAR_CASSANDRA_CONTACT_POINTS: cassandraContactPoints.join(","),
      SENDSAR_TOPIC_PREFIX: `${uniqueName("scenario")}.`,
      SENDSAR_CASSANDRA_KEYSPACE: uniqueName("scenario"),
      // A deployment of a few rooms: groups of many partitions only make its start slower.
      SENDSAR_PARTITIONS: "4",
      SENDSAR_INBOX_PARTITIONS: "8",
    },
  };
}

export function launch(kind: Kind, place: Place): Promise<RunningDeployment> {
  if (kind === "standalone") return startStandalone(place);
  const args = kind === "cluster" ? [] : ["--ingest", "2", "--gateway", "2", "--fanout", "2"];
  return startCluster({ ...place, args });
}

/** Everything that a deployment has kept, the engines' share included: each keyspace costs them memory. */
export async function removePlace({ dataDir, env }: Place): Promise<void> {
  await removeDataDir(dataDir);
  const { SENDSAR_CASSANDRA_KEYSPACE: keyspace, SENDSAR_TOPIC_PREFIX: prefix } = env;
  if (keyspace !== undefined) await dropKeyspace(keyspace);
  if (prefix !== undefined) await deleteTopics(prefix);
}

async function dropKeyspace(keyspace: string): Promise<void> {
  const { cassandraContactPoints: contactPoints, cassandraDataCenter: localDataCenter } = engines();
  const client = new cassandra.Client({
    contactPoints,
    localDataCenter,
    socketOptions: { readTimeout: 60_000 },
  });
  try {
    await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  } finally {
    await client.shutdown();
  }
}

async function deleteTopics(prefix: string): Promise<void> {
  const admin = new Kafka({ brokers: engines().kafkaBrokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}

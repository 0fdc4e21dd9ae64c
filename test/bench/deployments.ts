import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import cassandra from "cassandra-driver";
import { Kafka, logLevel } from "kafkajs";
import { startEngines } from "#infra/engines/engines.ts";
import {
  type Deployment,
  makeDataDir,
  type RunningDeployment,
  removeDataDir,
  startCluster,
  startStandalone,
} from "#test/deployments/deployment.ts";
import { Cleanup } from "./cleanup.ts";
import type { PipePlan } from "./floor/pipe.ts";

/** A deployment under test. */
export interface Bed {
  readonly deployment: RunningDeployment;
  /** Of the distributed one: where a bare pipe can run. */
  readonly engines: Pick<PipePlan, "brokers" | "contactPoints" | "dataCenter"> | null;
  /** What its processes were told: another process that is told the same is one of them. */
  readonly env: Readonly<Record<string, string>>;
  /** As it is now: processes that ended were started again, and are others. */
  current(): Promise<Deployment>;
}

/** What is asked for besides the usual. */
export interface Shape {
  /** Processes of each service; 1 where it is not named. */
  readonly nodes?: Readonly<Partial<Record<"ingest" | "gateway" | "fanout", number>>>;
  /** With the limits that protect a deployment from its users, as it has them by itself. */
  readonly limited?: boolean;
  /** Options besides the usual. */
  readonly env?: Readonly<Record<string, string>>;
}

const dataCenter = "datacenter1";

/** Limits that protect a product from its users would end a search for what it can hold. */
const unlimited = {
  SENDSAR_RATE_USER_SENDS: "1000000",
  SENDSAR_RATE_CONNECTION_FRAMES: "1000000",
  SENDSAR_RATE_TENANT_REQUESTS: "1000000",
  SENDSAR_CONNECTS_PER_SECOND: "1000000",
};

async function envOf(
  profile: string | null,
  { limited = false, env = {} }: Shape,
): Promise<Record<string, string>> {
  return {
    SENDSAR_LOG_LEVEL: "warn",
    ...(limited ? {} : unlimited),
    ...env,
    ...(await profiling(profile)),
  };
}

/** What the deployment last wrote of itself. */
async function readReady(dataDir: string): Promise<Deployment> {
  return JSON.parse(await readFile(join(dataDir, "ready.json"), "utf8")) as Deployment;
}

/** @param cleanup gets one entry, which ends it and removes everything it made. */
export async function makeStandalone(
  profile: string | null,
  cleanup: Cleanup,
  shape: Shape = {},
): Promise<Bed> {
  const made = new Cleanup();
  cleanup.add(() => made.endAll());
  const dataDir = await makeDataDir();
  made.add(() => removeDataDir(dataDir));
  const env = await envOf(profile, shape);
  const deployment = await startStandalone({ dataDir, env });
  made.add(() => ended(deployment));
  return { deployment, engines: null, env, current: () => readReady(dataDir) };
}

/** @param cleanup as above. */
export async function makeCluster(profile: string | null, cleanup: Cleanup, shape: Shape = {}): Promise<Bed> {
  const made = new Cleanup();
  cleanup.add(() => made.endAll());
  const engines = await startEngines();
  made.add(() => engines.stop());
  const { kafkaBrokers: brokers, cassandraContactPoints: contactPoints } = engines;
  const dataDir = await makeDataDir();
  made.add(() => removeDataDir(dataDir));
  const name = `bench_${randomBytes(4).toString("hex")}`;
  const prefix = `${name}.`;
  made.add(() => dropKeyspace(contactPoints, name));
  made.add(() => removeTopics(brokers, prefix));
  const env = {
    ...(await envOf(profile, shape)),
    SENDSAR_KAFKA_BROKERS: brokers.join(","),
    SENDSAR_CASSANDRA_CONTACT_POINTS: contactPoints.join(","),
    SENDSAR_CASSANDRA_DATACENTER: dataCenter,
    SENDSAR_CASSANDRA_KEYSPACE: name,
    SENDSAR_TOPIC_PREFIX: prefix,
  };
  const args = Object.entries(shape.nodes ?? {}).flatMap(([service, count]) => [
    `--${service}`,
    String(count),
  ]);
  const deployment = await startCluster({ dataDir, env, args });
  made.add(() => ended(deployment));
  const found = { brokers, contactPoints, dataCenter };
  return { deployment, engines: found, env, current: () => readReady(dataDir) };
}

async function ended(deployment: RunningDeployment): Promise<void> {
  const code = await deployment.stop();
  if (code !== 0) throw new Error(`the deployment ended with ${code}:\n${deployment.output()}`);
}

/** Every process of the deployment writes its profile when it ends. */
async function profiling(directory: string | null): Promise<Record<string, string>> {
  if (directory === null) return {};
  await mkdir(directory, { recursive: true });
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(directory)}` };
}

async function removeTopics(brokers: readonly string[], prefix: string): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}

async function dropKeyspace(contactPoints: readonly string[], keyspace: string): Promise<void> {
  const client = new cassandra.Client({ contactPoints: [...contactPoints], localDataCenter: dataCenter });
  try {
    await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  } finally {
    // Else the process goes on for ever where the engine is too busy.
    await client.shutdown();
  }
}

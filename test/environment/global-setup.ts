import type { TestProject } from "vitest/node";
import { startEngines } from "#infra/engines/engines.ts";
import { exitOnSignals } from "#infra/engines/exit-on-signals.ts";

declare module "vitest" {
  export interface ProvidedContext {
    kafkaBrokers: string[];
    cassandraContactPoints: string[];
  }
}

/**
 * Starts Kafka and Cassandra once for the whole run. When they cannot be had this throws, and the
 * run fails with that reason: no test is skipped for want of an engine.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  exitOnSignals();
  const engines = await startEngines();
  project.provide("kafkaBrokers", engines.kafkaBrokers);
  project.provide("cassandraContactPoints", engines.cassandraContactPoints);
  return engines.stop;
}

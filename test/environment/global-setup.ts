import type { TestProject } from "vitest/node";
import { startEngines } from "#infra/engines/engines.ts";
import { exitOnSignals } from "#infra/engines/exit-on-signals.ts";
import { startLiveKitContainer } from "#infra/engines/livekit.ts";

declare module "vitest" {
  export interface ProvidedContext {
    kafkaBrokers: string[];
    cassandraContactPoints: string[];
    livekitAddress: string;
  }
}

/**
 * Starts Kafka, Cassandra and LiveKit once for the whole run. When they cannot be had this throws, and the
 * run fails with that reason: no test is skipped for want of an engine.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  exitOnSignals();
  const engines = await startEngines();
  try {
    const livekit = await startLiveKitContainer();
    project.provide("kafkaBrokers", engines.kafkaBrokers);
    project.provide("cassandraContactPoints", engines.cassandraContactPoints);
    project.provide("livekitAddress", livekit.addresses[0] ?? "");
    return async () => {
      await Promise.all([engines.stop(), livekit.stop()]);
    };
  } catch (error) {
    await engines.stop();
    throw error;
  }
}

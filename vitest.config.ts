import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/environment/longest-first.ts";

export default defineConfig({
  test: {
    include: ["{services,shared,sdk,infra,test}/**/*.test.ts"],
    globalSetup: ["test/environment/global-setup.ts"],
    pool: "forks",
    // Kafka, Cassandra and the processes under test share the machine with the workers.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000,
    // node:sqlite says on every import that it is experimental; kafkajs asks for timers in the past.
    execArgv: ["--disable-warning=ExperimentalWarning", "--disable-warning=TimeoutNegativeWarning"],
  },
});

import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The longest first, so that none of them is left alone at the end. Vitest goes by what it remembers, and on a fresh
 * machine by the size of the files: those that play with whole clusters are short lists of stories.
 */
class ClustersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => /\/test\/(faults|scenarios|fuzz)\//.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ["{services,shared,sdk,infra,test}/**/*.test.ts"],
    globalSetup: ["test/environment/global-setup.ts"],
    pool: "forks",
    // Kafka, Cassandra and the processes under test share the machine with the workers.
    maxWorkers: 2,
    sequence: { sequencer: ClustersFirst },
    testTimeout: 60_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000,
    // node:sqlite says on every import that it is experimental; kafkajs asks for timers in the past.
    execArgv: ["--disable-warning=ExperimentalWarning", "--disable-warning=TimeoutNegativeWarning"],
  },
});

import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take longer than half a minute, the longest first. Where the last runs are not known, as on a clean
 * checkout, vitest begins with the largest files: these are small, and one that begins late runs on alone.
 */
export const longFiles: readonly string[] = [
  "test/faults/two-of-each.test.ts",
  "test/scenarios/cluster.test.ts",
  "test/scenarios/two-of-each.test.ts",
  "test/scenarios/standalone.test.ts",
  "test/faults/network.test.ts",
  "test/faults/crash.test.ts",
  "test/scenarios/drain.test.ts",
  "test/sim/known-seed.test.ts",
  "test/fuzz/openapi.test.ts",
  "test/faults/clocks.test.ts",
  "test/contracts/log/kafka-faults.test.ts",
  "test/faults/cassandra-outage.test.ts",
  "test/faults/broker-restart.test.ts",
  "test/contracts/store/cassandra.test.ts",
  "test/bench/smoke.test.ts",
  "test/faults/webhooks-crash.test.ts",
  "test/contracts/log/kafka-leaders.test.ts",
  "test/faults/calls.test.ts",
  "test/faults/poison-record.test.ts",
  "test/faults/webhook-nodes.test.ts",
  "test/contracts/log/kafka.test.ts",
  "test/contracts/store/cassandra-schema.test.ts",
  "test/sim/planted.test.ts",
  "test/environment/restart.test.ts",
];

/** Begins with what takes longest, so that the workers end at about the same time. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId, project }: TestSpecification): number => {
      const place = longFiles.indexOf(relative(project.config.root, moduleId));
      return place === -1 ? longFiles.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

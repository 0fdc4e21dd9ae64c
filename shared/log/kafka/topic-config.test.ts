import { expect, test } from "vitest";
import { topicsOf } from "../topics.ts";
import { topicConfig } from "./topic-config.ts";

const { specs } = topicsOf({ prefix: "", partitions: 1, inboxPartitions: 1 });

function minimumsAt(replicationFactor: number) {
  return Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      topicConfig(spec, replicationFactor).find(({ name }) => name === "min.insync.replicas")?.value,
    ]),
  );
}

test("with three copies or more, an append that resolved is on two, but for what may be lost", () => {
  const expected = {
    commands: "2",
    events: "2",
    interest: "2",
    "dead-letters": "2",
    deliveries: undefined,
    signals: undefined,
    "webhook-jobs": "2",
    media: "2",
  };
  for (const replicationFactor of [3, 5]) expect(minimumsAt(replicationFactor)).toEqual(expected);
});

test.each([-1, 1, 2])("with a replication of %i, how many must have it is left to the brokers", (factor) => {
  expect(Object.values(minimumsAt(factor))).toEqual(specs.map(() => undefined));
});

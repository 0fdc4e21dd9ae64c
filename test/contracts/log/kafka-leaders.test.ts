import { setTimeout as pause } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineContainer } from "#infra/engines/engine.ts";
import { type KafkaSet, startKafkaSet } from "#infra/engines/kafka-set.ts";
import { limits } from "#shared/limits.ts";
import { connectKafkaLog } from "#shared/log/kafka.ts";
import type { EventLog } from "#shared/log/log.ts";
import { Collector } from "./collector.ts";
import { compacted, numbered, synced } from "./records.ts";

/** Three JVMs, on a machine that may be busy with the rest of the suite. */
const timeoutMs = 240_000;
const partitions = 6;

let kafka: KafkaSet;
const logs: EventLog[] = [];

beforeAll(async () => {
  kafka = await startKafkaSet(3);
}, timeoutMs);
afterAll(async () => {
  await Promise.all(logs.map((log) => log.close()));
  await kafka?.stop();
}, timeoutMs);

async function open(clientId: string): Promise<EventLog> {
  const log = await connectKafkaLog({ brokers: kafka.addresses, clientId, replicationFactor: 3 });
  logs.push(log);
  return log;
}

/** The broker that leads most partitions of the topic. */
async function leaderOf(topic: string): Promise<EngineContainer> {
  const admin = new Kafka({ brokers: [...kafka.addresses], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const { brokers } = await admin.describeCluster();
    const leaders = topics[0]?.partitions.map(({ leader }) => leader) ?? [];
    const led = (id: number) => leaders.filter((leader) => leader === id).length;
    const [most] = brokers.toSorted((a, b) => led(b.nodeId) - led(a.nodeId));
    const address = `${most?.host}:${most?.port}`;
    const container = kafka.brokers.find(({ addresses }) => addresses.includes(address));
    if (container === undefined) throw new Error(`no broker at ${address}`);
    return container;
  } finally {
    await admin.disconnect();
  }
}

test("leaders that die, or hand over, hold appends up for a moment: what was acked is read, in order, while they are away", {
  timeout: timeoutMs,
}, async ({ annotate, onTestFinished }) => {
  const [log, other] = [await open("a"), await open("b")];
  await log.createTopics([synced("commands", partitions), compacted("interest", partitions)]);
  const seen = new Collector();
  const topics = [
    { name: "commands", start: "committed" as const },
    { name: "interest", start: "replayed" as const },
  ];
  await log.subscribe({ group: "g", topics, assign: seen.member("a") });
  await other.subscribe({ group: "g", topics, assign: seen.member("b") });
  await seen.until(() => new Set(seen.owners.values()).size === 2);

  const acked: string[] = [];
  let refused = 0;
  let longestMs = 0;
  let appending = true;
  const writer = (async () => {
    for (let n = 0; appending; n += 1) {
      const since = performance.now();
      await log.append(numbered("commands", 1, { partition: n % partitions, from: n })).then(
        () => acked.push(String(n)),
        (error: { code: string }) => {
          expect(error.code).toBe("log_unavailable");
          refused += 1;
          return pause(10);
        },
      );
      longestMs = Math.max(longestMs, performance.now() - since);
    }
  })();
  onTestFinished(() => {
    appending = false;
  });
  const ackedSince = async (count: number, what: string) => {
    const before = acked.length;
    await seen.until(() => acked.length > before + count, what);
  };

  for (const how of ["kill", "shutdown"] as const) {
    await ackedSince(100, "appends go on");
    const leader = await leaderOf("commands");
    await leader.halt(how);
    await ackedSince(200, `appends go on without the leader, ${how}`);
    const newest = acked.at(-1) ?? "";
    await seen.until(() => seen.given.some(({ value }) => value === newest), `what is acked is read, ${how}`);
    await annotate(`${how}: the longest append took ${Math.round(longestMs)} ms, ${refused} were refused`);
    await leader.resume();
    longestMs = 0;
  }
  await ackedSince(100, "appends go on with all of them");
  appending = false;
  await writer;

  const all = () => new Set(seen.given.map(({ value }) => value));
  await seen.until(() => acked.every((value) => all().has(value)), "all that was acked was given");
  for (let partition = 0; partition < partitions; partition += 1) {
    const offsets = [...new Set(seen.offsets("commands", partition))];
    expect(offsets).toEqual(offsets.toSorted((x, y) => x - y));
  }
  expect(refused).toBeLessThan(20);
  expect(longestMs).toBeLessThan(limits.appendWaitMsMax + 2_000);
  expect(seen.violations).toEqual([]);
});

import { Kafka, logLevel } from "kafkajs";
import { afterEach, describe, expect, test } from "vitest";
import { runCommand } from "#infra/engines/command.ts";
import { startKafkaContainer } from "#infra/engines/kafka.ts";
import { limits } from "#shared/limits.ts";
import { connectKafkaLog } from "#shared/log/kafka.ts";
import type { EventLog } from "#shared/log/log.ts";
import { engines, uniqueName } from "#test/environment/engines.ts";
import { startChild } from "./child-process.ts";
import { Collector } from "./collector.ts";
import { compacted, numbered, numbers, synced, volatile } from "./records.ts";

/** Two starts of a JVM, and sessions that run out, on a machine that may be busy with the rest of the suite. */
const timeoutMs = 180_000;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function open(brokers: readonly string[], prefix: string): Promise<EventLog> {
  const log = await connectKafkaLog({ brokers, clientId: `${prefix}node` });
  cleanups.push(() => log.close());
  return log;
}

describe("a member that was stopped for longer than its session", () => {
  test("begins nothing of what others have taken over, and then shares the work again", {
    timeout: timeoutMs,
  }, async () => {
    const prefix = `${uniqueName("stopped")}.`;
    const [topic, group] = [`${prefix}t`, `${prefix}g`];
    const brokers = engines().kafkaBrokers;
    const log = await open(brokers, prefix);
    await log.createTopics([synced(topic, 2)]);
    const many = limits.laneRecordsMax;
    for (const partition of [0, 1]) await log.append(numbered(topic, many, { partition }));
    const child = startChild(new URL("./member-child.ts", import.meta.url), {
      where: { engine: "kafka", brokers, prefix },
      topic,
      group,
    });
    cleanups.push(() => child.kill());
    // It holds more than it has processed.
    await child.line(/^batch (\d+)$/, 4);
    child.signal("SIGSTOP");

    const seen = new Collector();
    const running = await log.subscribe({
      group,
      topics: [{ name: topic, start: "committed" }],
      assign: seen.member("b"),
    });
    cleanups.push(() => running.stop());
    await seen.until(() =>
      [0, 1].every((partition) => seen.values(topic, partition).at(-1) === String(many - 1)),
    );
    const begun = child.lines(/^batch (\d+)$/).length;
    child.signal("SIGCONT");
    await child.line(/^revoked (\d+)$/, 2);
    await seen.until(() => seen.owners.size === 1, "they share again");
    for (const partition of [0, 1]) await log.append(numbered(topic, 1, { partition, from: 999_999 }));
    await child.line(/^batch (999999)$/);
    await seen.until(() => seen.given.some(({ value }) => value === "999999"));
    const after = child.lines(/^batch (\d+)$/).slice(begun);
    // It may have been stopped on its way into a batch that it was sure of: into one, as its partitions have turns.
    expect(after.filter((value) => value !== "999999").length).toBeLessThanOrEqual(1);
    expect(after.at(-1)).toBe("999999");
    expect(seen.violations).toEqual([]);
  });
});

describe("a member that has more to do than it can", () => {
  test("keeps its partitions while its process does nothing else for most of a session", {
    timeout: timeoutMs,
  }, async () => {
    const prefix = `${uniqueName("busy")}.`;
    const [topic, group] = [`${prefix}t`, `${prefix}g`];
    const brokers = engines().kafkaBrokers;
    const log = await open(brokers, prefix);
    await log.createTopics([synced(topic, 2)]);
    const seen = new Collector();
    const running = await log.subscribe({
      group,
      topics: [{ name: topic, start: "committed" }],
      assign: seen.member("b"),
    });
    cleanups.push(() => running.stop());
    await seen.until(() => seen.owners.size === 2);
    const child = startChild(new URL("./member-child.ts", import.meta.url), {
      where: { engine: "kafka", brokers, prefix },
      topic,
      group,
      blockMs: limits.groupSessionMs * 0.6,
    });
    cleanups.push(() => child.kill());
    await seen.until(() => seen.owners.size === 1, "they share");
    for (let round = 0; round < 3; round += 1) {
      for (const partition of [0, 1]) await log.append(numbered(topic, 1, { partition, from: round }));
      await child.line(/^batch (\d+)$/, round + 1);
      await seen.until(() => seen.given.length === round + 1);
    }
    await log.append([0, 1].flatMap((partition) => numbered(topic, 1, { partition, from: 3 })));
    await child.line(/^batch (3)$/);
    expect(child.lines(/^batch (\d+)$/)).toEqual(["0", "1", "2", "3"]);
    expect(child.lines(/^revoked (\d+)$/)).toEqual([]);
    expect(seen.owners.size).toBe(1);
    expect(seen.violations).toEqual([]);
  });
});

describe("a batch that takes longer than a session", () => {
  test("costs its owner no partition, and is given once", { timeout: timeoutMs }, async () => {
    const prefix = `${uniqueName("slow")}.`;
    const [topic, group] = [`${prefix}t`, `${prefix}g`];
    const brokers = engines().kafkaBrokers;
    const log = await open(brokers, prefix);
    await log.createTopics([synced(topic)]);
    await log.append(numbered(topic, 1));
    const child = startChild(new URL("./member-child.ts", import.meta.url), {
      where: { engine: "kafka", brokers, prefix },
      topic,
      group,
      batchMs: limits.groupSessionMs * 1.5,
    });
    cleanups.push(() => child.kill());
    await child.line(/^batch (0)$/);
    await child.line(/^done (0)$/);
    await log.append(numbered(topic, 1, { from: 1 }));
    await child.line(/^batch (1)$/);
    expect(child.lines(/^batch (\d+)$/)).toEqual(["0", "1"]);
    expect(child.lines(/^revoked (\d+)$/)).toEqual([]);
  });
});

describe("a node that died", () => {
  test("and comes back under its name has its partitions before its session would have run out", {
    timeout: timeoutMs,
  }, async () => {
    const prefix = `${uniqueName("back")}.`;
    const [topic, group] = [`${prefix}t`, `${prefix}g`];
    const brokers = engines().kafkaBrokers;
    const writer = await open(brokers, prefix);
    await writer.createTopics([synced(topic)]);
    await writer.append(numbered(topic, 1));
    const child = startChild(new URL("./member-child.ts", import.meta.url), {
      where: { engine: "kafka", brokers, prefix },
      topic,
      group,
    });
    cleanups.push(() => child.kill());
    await child.line(/^batch (\d+)$/);
    const again = await connectKafkaLog({ brokers, clientId: `${prefix}child` });
    cleanups.push(() => again.close());
    await child.kill();
    const diedMs = performance.now();
    const seen = new Collector();
    const running = await again.subscribe({
      group,
      topics: [{ name: topic, start: "committed" }],
      assign: seen.member("a"),
    });
    cleanups.push(() => running.stop());
    expect(performance.now() - diedMs).toBeLessThan(limits.groupSessionMs / 2);
    await writer.append(numbered(topic, 1, { from: 1 }));
    await seen.until(() => seen.values(topic).includes("1"));
    expect(seen.violations).toEqual([]);
  });
});

describe("a replayed topic", () => {
  test("whose records are gone before they are read is caught up with all the same", async () => {
    const prefix = `${uniqueName("gone")}.`;
    const brokers = engines().kafkaBrokers;
    const log = await open(brokers, prefix);
    const [commands, state] = [`${prefix}c`, `${prefix}s`];
    await log.createTopics([synced(commands), synced(state)]);
    await log.append([...numbered(commands, 1), ...numbered(state, 10)]);
    const admin = new Kafka({ brokers, clientId: prefix, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.fetchTopicOffsets(state);
    await admin.deleteTopicRecords({ topic: state, partitions: [{ partition: 0, offset: "10" }] });
    await admin.disconnect();
    const seen = new Collector();
    const topics = [
      { name: commands, start: "committed" as const },
      { name: state, start: "replayed" as const },
    ];
    await log.subscribe({ group: `${prefix}g`, topics, assign: seen.member("a") });
    await seen.until(() => seen.count(commands) === 1);
    await log.append(numbered(state, 1, { from: 10 }));
    await seen.until(() => seen.count(state) === 1);
    expect(seen.values(state)).toEqual(["10"]);
    expect(seen.violations).toEqual([]);
  });
});

describe("a broker", () => {
  test("that was killed and came back: what was acked is read, in order, by groups and tails as before", {
    timeout: timeoutMs,
  }, async () => {
    const engine = await startKafkaContainer();
    cleanups.push(() => engine.stop());
    const [log, other] = [await open(engine.addresses, "a"), await open(engine.addresses, "b")];
    await log.createTopics([synced("commands", 4), compacted("interest", 4), volatile("deliveries", 2)]);
    const [seen, inbox] = [new Collector(), new Collector()];
    const topics = [
      { name: "commands", start: "committed" as const },
      { name: "interest", start: "replayed" as const },
    ];
    await log.subscribe({ group: "g", topics, assign: seen.member("a") });
    await other.subscribe({ group: "g", topics, assign: seen.member("b") });
    await log.tail({ topic: "deliveries", partition: 1, process: (batch) => inbox.process(batch) });
    await seen.until(() => new Set(seen.owners.values()).size === 2);

    const acked: string[] = [];
    let refused = 0;
    let appending = true;
    const writer = (async () => {
      for (let n = 0; appending; n += 1) {
        const records = [
          ...numbered("commands", 1, { partition: n % 4, from: n }),
          ...numbered("deliveries", 1, { partition: 1, from: n }),
        ];
        await log.append(records).then(
          () => acked.push(String(n)),
          () => {
            refused += 1;
          },
        );
      }
    })();
    await seen.until(() => acked.length > 200);
    await engine.halt("kill");
    await engine.resume();
    const before = acked.length;
    await seen.until(() => acked.length > before + 200, "appends succeed again");
    appending = false;
    await writer;
    const all = () => new Set(seen.given.map(({ value }) => value));
    await seen.until(() => acked.every((value) => all().has(value)), "all that was acked was given");
    await inbox.until(() => inbox.values("deliveries", 1).at(-1) === acked.at(-1), "the tail is at the end");
    for (const partition of [0, 1, 2, 3]) {
      const offsets = [...new Set(seen.offsets("commands", partition))];
      expect(offsets).toEqual(offsets.toSorted((x, y) => x - y));
    }
    const delivered = new Set(inbox.values("deliveries", 1));
    expect(acked.filter((value) => !delivered.has(value))).toEqual([]);
    expect(inbox.offsets("deliveries", 1)).toEqual(numbers(inbox.given.length).map(Number));
    expect(refused).toBeLessThan(10);
    expect(seen.violations).toEqual([]);
  });

  test("that does not answer: appends and pings are refused in time, and succeed when it answers again; a close does not wait for it", {
    timeout: timeoutMs,
  }, async () => {
    const engine = await startKafkaContainer();
    cleanups.push(() => engine.stop());
    const log = await open(engine.addresses, "a");
    await log.createTopics([synced("commands"), volatile("deliveries")]);
    const seen = new Collector();
    await log.subscribe({
      group: "g",
      topics: [{ name: "commands", start: "committed" }],
      assign: seen.member("a"),
    });
    await log.append(numbered("commands", 1));
    await seen.until(() => seen.count("commands") === 1);
    await runCommand("docker", ["pause", engine.containerId], { deadlineMs: 20_000 });
    const since = performance.now();
    await expect(log.ping()).rejects.toMatchObject({ code: "log_unavailable" });
    expect(performance.now() - since).toBeLessThan(limits.pingMsMax + 1_000);
    const refusals = await Promise.allSettled(
      ["commands", "deliveries"].flatMap((topic) => [
        log.append(numbered(topic, 1)),
        log.append(numbered(topic, 1)),
      ]),
    );
    for (const refusal of refusals) expect(refusal).toMatchObject({ reason: { code: "log_unavailable" } });
    expect(performance.now() - since).toBeLessThan(limits.pingMsMax + limits.appendWaitMsMax + 2_000);
    await runCommand("docker", ["unpause", engine.containerId], { deadlineMs: 20_000 });
    await seen.until(() => seen.given.length > 0);
    const again = async () => {
      for (;;) {
        try {
          return await log.append(numbered("commands", 1, { from: 7 }));
        } catch {
          // Until the connection is made anew.
        }
      }
    };
    await again();
    await log.ping();
    await seen.until(() => seen.values("commands").includes("7"));
    expect(seen.violations).toEqual([]);

    await engine.halt("kill");
    const closing = performance.now();
    await log.close();
    expect(performance.now() - closing).toBeLessThan(limits.drainMsMax);
  });
});

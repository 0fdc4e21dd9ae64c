import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import { Collector } from "./collector.ts";
import type { Subject } from "./contract.ts";
import { numbered, numbers, synced, volatile } from "./records.ts";

export function groupContract({ log, otherLog, name }: Subject): void {
  const join = (on: EventLog, group: string, topics: readonly string[], seen: Collector, member: string) =>
    on.subscribe({
      group,
      topics: topics.map((topic) => ({ name: topic, start: "committed" as const })),
      assign: seen.member(member),
    });

  test("a new group reads from the start, and then what is appended, without being told to", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic)]);
    await log().append(numbered(topic, 10));
    const seen = new Collector();
    const running = await join(log(), name("g"), [topic], seen, "a");
    await seen.until(() => seen.count(topic) === 10);
    await otherLog().append(numbered(topic, 5, { from: 10 }));
    await seen.until(() => seen.count(topic) === 15);
    await running.stop();
    expect(seen.values(topic)).toEqual(numbers(15));
    expect(seen.offsets(topic)).toEqual(numbers(15).map(Number));
    expect(seen.owners.size).toBe(0);
    expect(seen.violations).toEqual([]);
  });

  test("a batch tells how many records come after it", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic)]);
    await log().append(numbered(topic, limits.laneBatchRecordsMax * 2));
    const seen = new Collector();
    const left: { last: number; behind: number }[] = [];
    seen.during = ({ records, behind }) => void left.push({ last: records.at(-1)?.offset ?? -1, behind });
    const running = await join(log(), name("g"), [topic], seen, "a");
    await seen.until(() => seen.count(topic) === limits.laneBatchRecordsMax * 2);
    await running.stop();
    for (const { last, behind } of left) expect(behind).toBe(limits.laneBatchRecordsMax * 2 - 1 - last);
  });

  test("after a stop the group goes on where it was: nothing again, nothing left out", async () => {
    const topic = name("t");
    const group = name("g");
    await log().createTopics([synced(topic)]);
    const seen = new Collector();
    for (let round = 0; round < 3; round += 1) {
      await log().append(numbered(topic, 7, { from: round * 7 }));
      const running = await join(round === 1 ? otherLog() : log(), group, [topic], seen, "a");
      await seen.until(() => seen.count(topic) >= (round + 1) * 7);
      await running.stop();
    }
    expect(seen.values(topic)).toEqual(numbers(21));
    expect(seen.violations).toEqual([]);
  });

  test("a stop waits for the batch in hand, and nothing follows", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic)]);
    await log().append(numbered(topic, 1));
    const seen = new Collector();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    let inHand = false;
    seen.during = async () => {
      inHand = true;
      await held;
    };
    const running = await join(log(), name("g"), [topic], seen, "a");
    await seen.until(() => inHand);
    let stopped = false;
    const stopping = running.stop().then(() => {
      stopped = true;
    });
    await log().append(numbered(topic, 1, { from: 1 }));
    expect(stopped).toBe(false);
    release();
    await stopping;
    expect(seen.values(topic)).toEqual(["0"]);
    expect(seen.violations).toEqual([]);
  });

  test("groups do not know of each other", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic)]);
    await log().append(numbered(topic, 3));
    const [one, two] = [new Collector(), new Collector()];
    const first = await join(log(), name("g"), [topic], one, "a");
    await one.until(() => one.count(topic) === 3);
    const second = await join(log(), name("g"), [topic], two, "a");
    await two.until(() => two.count(topic) === 3);
    await Promise.all([first.stop(), second.stop()]);
    expect(one.values(topic)).toEqual(two.values(topic));
  });

  test("members share the partitions, the same ones of every topic, as they come and go; never two own one", async () => {
    const partitions = 8;
    const topics = [name("t"), name("u"), name("v")];
    const [first = "", second = "", third = ""] = topics;
    await log().createTopics([
      synced(first, partitions),
      synced(second, partitions),
      volatile(third, partitions),
    ]);
    const seen = new Collector();
    seen.during = () => new Promise((resolve) => setTimeout(resolve, 5));
    const group = name("g");
    let appended = 0;
    let appending = true;
    const writer = (async () => {
      for (; appending; appended += 1) {
        const records = Array.from({ length: partitions }, (_, partition) =>
          topics.flatMap((topic) => numbered(topic, 1, { partition, from: appended })),
        );
        await log().append(records.flat());
      }
    })();

    const of = (member: string) =>
      [...seen.owners].filter(([, owner]) => owner === member).map(([partition]) => partition);
    const have = (shares: Record<string, number>) => () =>
      Object.entries(shares).every(([member, size]) => of(member).length === size);
    const a = await join(log(), group, topics, seen, "a");
    await seen.until(have({ a: 8 }), "a has all");
    const b = await join(otherLog(), group, topics, seen, "b");
    await seen.until(have({ a: 4, b: 4 }), "a and b have half each");
    const two = { a: of("a"), b: of("b") };
    const c = await join(log(), group, topics, seen, "c");
    await seen.until(() => of("c").length >= 2 && of("a").length + of("b").length + of("c").length === 8);
    const three = { b: of("b"), c: of("c") };
    expect(two.a, "who stays gets nothing that others had").toEqual(expect.arrayContaining(of("a")));
    expect(two.b, "who stays gets nothing that others had").toEqual(expect.arrayContaining(of("b")));
    await a.stop();
    await seen.until(have({ b: 4, c: 4 }), "b and c have half each");
    expect(of("b"), "who stays keeps what it had").toEqual(expect.arrayContaining(three.b));
    expect(of("c"), "who stays keeps what it had").toEqual(expect.arrayContaining(three.c));
    await b.stop();
    await seen.until(have({ c: 8 }), "c has all");
    appending = false;
    await writer;
    const all = (topic: string) =>
      Array.from({ length: partitions }, (_, partition) => new Set(seen.values(topic, partition)).size);
    await seen.until(() => [first, second].every((topic) => all(topic).every((size) => size === appended)));
    await c.stop();
    for (const topic of [first, second]) {
      for (let partition = 0; partition < partitions; partition += 1) seen.expectNoHoles(topic, partition);
    }
    expect(seen.violations).toEqual([]);
  });

  test("a new member waits for the batches in hand, and goes on exactly where they end", async () => {
    const topic = name("t");
    const group = name("g");
    const partitions = 4;
    const many = limits.laneBatchRecordsMax * 4;
    await log().createTopics([synced(topic, partitions)]);
    for (let partition = 0; partition < partitions; partition += 1) {
      await log().append(numbered(topic, many, { partition }));
    }
    const seen = new Collector();
    seen.during = () => new Promise((resolve) => setTimeout(resolve, 1_000));
    const a = await join(log(), group, [topic], seen, "a");
    await seen.until(() => seen.owners.size === partitions);
    const b = await join(otherLog(), group, [topic], seen, "b");
    await seen.until(() => seen.count(topic) === partitions * many);
    await Promise.all([a.stop(), b.stop()]);
    for (let partition = 0; partition < partitions; partition += 1) {
      expect(seen.values(topic, partition)).toEqual(numbers(many));
    }
    expect(new Set(seen.given.map(({ member }) => member))).toEqual(new Set(["a", "b"]));
    expect(seen.violations).toEqual([]);
  });

  test("a member beyond the number of partitions waits, and takes over", async () => {
    const topic = name("t");
    const group = name("g");
    await log().createTopics([synced(topic)]);
    const seen = new Collector();
    const a = await join(log(), group, [topic], seen, "a");
    const b = await join(otherLog(), group, [topic], seen, "b");
    await seen.until(() => seen.owners.size === 1);
    const owner = seen.owners.get(0);
    await (owner === "a" ? a : b).stop();
    await seen.until(() => seen.owners.get(0) === (owner === "a" ? "b" : "a"));
    await log().append(numbered(topic, 3));
    await seen.until(() => seen.count(topic) === 3);
    await Promise.all([a.stop(), b.stop()]);
    expect(seen.violations).toEqual([]);
  });

  test("a partition that is slow does not hold up the others, and loses nothing however much waits", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic, 3)]);
    const many = limits.laneRecordsMax * 3;
    // More than one fetch holds.
    const filler = "x".repeat(700);
    const backlog = numbered(topic, many, { partition: 1 }).map((record) => ({
      ...record,
      value: record.value + filler,
    }));
    await log().append(backlog);
    const seen = new Collector();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    seen.during = async ({ partition }) => {
      if (partition === 1) await held;
    };
    const running = await join(log(), name("g"), [topic], seen, "a");
    for (let round = 0; round < 20; round += 1) {
      await log().append([
        ...numbered(topic, 1, { partition: 0, from: round }),
        ...numbered(topic, 1, { partition: 2, from: round }),
      ]);
      await seen.until(() => seen.count(topic) === (round + 1) * 2);
    }
    expect(seen.values(topic, 1)).toEqual([]);
    release();
    await seen.until(() => seen.values(topic, 1).length === many);
    await running.stop();
    expect(seen.values(topic, 1)).toEqual(backlog.map(({ value }) => value));
    expect(seen.violations).toEqual([]);
  });
}

import { expect, test } from "vitest";
import { Collector } from "./collector.ts";
import type { MakeLog, Subject } from "./contract.ts";
import { compacted, numbered, numbers, synced, volatile, written } from "./records.ts";

export function lifecycleContract(
  { log, otherLog, name }: Subject,
  { makeLog, makeOther }: { makeLog: MakeLog; makeOther: MakeLog },
): void {
  test("topics are made once, whoever asks and how often", async () => {
    const specs = [synced(name("a"), 2), written(name("b")), compacted(name("c"), 3), volatile(name("d"))];
    await Promise.all([log().createTopics(specs), otherLog().createTopics(specs)]);
    await log().append(numbered(specs[0]?.name ?? "", 1));
    await log().createTopics(specs);
    await otherLog().createTopics([...specs, synced(name("e"))]);
    expect(await log().append(numbered(specs[0]?.name ?? "", 1))).toEqual([{ partition: 0, offset: 1 }]);
  });

  test("a topic that has another number of partitions is refused", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic, 2)]);
    for (const partitions of [1, 3]) {
      await expect(log().createTopics([synced(topic, partitions)])).rejects.toThrow(
        `${topic} has 2 partitions`,
      );
    }
  });

  test("its identity is the same for every node, and when it is opened again", async () => {
    const made = await makeLog();
    try {
      const [first, second] = [await made.open(), await made.open()];
      const identity = await first.identity();
      expect(identity).toMatch(/^[\w-]{16,}$/);
      expect(await second.identity()).toBe(identity);
      await made.shut();
      await expect(first.identity()).rejects.toMatchObject({ code: "log_unavailable" });
      expect(await (await made.open()).identity()).toBe(identity);
    } finally {
      await made.dispose();
    }
  });

  test("another log has another identity", { timeout: 120_000 }, async () => {
    const other = await makeOther();
    try {
      expect(await (await other.open()).identity()).not.toBe(await log().identity());
    } finally {
      await other.dispose();
    }
  });

  test("it answers a ping until it is closed; then every call is refused", async () => {
    const made = await makeLog();
    try {
      const closing = await made.open();
      const topic = `${made.child.prefix}t`;
      await closing.createTopics([synced(topic)]);
      await expect(closing.ping()).resolves.toBeUndefined();
      await closing.close();
      await expect(closing.ping()).rejects.toMatchObject({ code: "log_unavailable" });
      await expect(closing.append(numbered(topic, 1))).rejects.toMatchObject({ code: "log_unavailable" });
      await expect(closing.close()).resolves.toBeUndefined();
    } finally {
      await made.dispose();
    }
  });

  test("a close lets appends on their way finish and ends every subscription", async () => {
    const made = await makeLog();
    try {
      const closing = await made.open();
      const prefix = made.child.prefix;
      const topic = `${prefix}t`;
      await closing.createTopics([synced(topic)]);
      const seen = new Collector();
      await closing.subscribe({
        group: `${prefix}g`,
        topics: [{ name: topic, start: "committed" }],
        assign: seen.member("a"),
      });
      await closing.tail({ topic, partition: 0, process: (batch) => seen.process(batch) });
      await seen.until(() => seen.owners.size === 1);
      const appends = numbered(topic, 50).map((record) => closing.append([record]));
      await closing.close();
      expect((await Promise.all(appends)).flat().map(({ offset }) => offset)).toEqual(
        numbers(50).map(Number),
      );
      expect(seen.owners.size).toBe(0);
      expect(seen.violations).toEqual([]);
    } finally {
      await made.dispose();
    }
  });

  test("what was there is there when the log is opened again", async () => {
    const made = await makeLog();
    try {
      const prefix = made.child.prefix;
      const topic = `${prefix}t`;
      const subscription = { group: `${prefix}g`, topics: [{ name: topic, start: "committed" as const }] };
      const seen = new Collector();
      for (let round = 0; round < 3; round += 1) {
        const opened = await made.open();
        await opened.createTopics([synced(topic)]);
        const positions = await opened.append(numbered(topic, 5, { from: round * 5 }));
        expect(positions.map(({ offset }) => offset)).toEqual(numbers(round * 5 + 5, round * 5).map(Number));
        // The first round's records are for the next one.
        if (round > 0) {
          const running = await opened.subscribe({ ...subscription, assign: seen.member("a") });
          await seen.until(() => seen.count(topic) === (round + 1) * 5);
          await running.stop();
        }
        await made.shut();
      }
      expect(seen.values(topic)).toEqual(numbers(15));
    } finally {
      await made.dispose();
    }
  });
}

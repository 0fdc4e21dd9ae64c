import { expect, test } from "vitest";
import { Collector } from "./collector.ts";
import type { Subject } from "./contract.ts";
import { numbered, numbers, synced, volatile } from "./records.ts";

export function tailContract({ log, otherLog, name }: Subject): void {
  test.each([
    ["volatile", volatile],
    ["durable", synced],
  ])(
    "the tail of a %s partition sees all that is appended after it was opened, and nothing before",
    async (_, spec) => {
      const topic = name("t");
      await log().createTopics([spec(topic, 3)]);
      for (const partition of [0, 1, 2]) await log().append(numbered(topic, 5, { partition }));
      const seen = new Collector();
      const tail = await log().tail({ topic, partition: 1, process: (batch) => seen.process(batch) });
      for (let n = 5; n < 55; n += 1) {
        const on = n % 2 === 0 ? log() : otherLog();
        await on.append([
          ...numbered(topic, 1, { partition: 0, from: n }),
          ...numbered(topic, 1, { partition: 1, from: n }),
        ]);
      }
      await seen.until(() => seen.count(topic) === 50);
      await tail.stop();
      await log().append(numbered(topic, 1, { partition: 1, from: 55 }));
      expect(seen.values(topic, 1)).toEqual(numbers(55, 5));
      expect(seen.given.every(({ partition }) => partition === 1)).toBe(true);
    },
  );

  test("several tails of one partition each see everything", async () => {
    const topic = name("t");
    await log().createTopics([volatile(topic)]);
    const [one, two] = [new Collector(), new Collector()];
    const tails = await Promise.all([
      log().tail({ topic, partition: 0, process: (batch) => one.process(batch) }),
      otherLog().tail({ topic, partition: 0, process: (batch) => two.process(batch) }),
    ]);
    await log().append(numbered(topic, 100));
    await one.until(() => one.count(topic) === 100);
    await two.until(() => two.count(topic) === 100);
    await Promise.all(tails.map((tail) => tail.stop()));
    expect(one.values(topic)).toEqual(numbers(100));
    expect(two.values(topic)).toEqual(numbers(100));
  });

  test("what a tail's handler rejects is given again, in order", async () => {
    const topic = name("t");
    await log().createTopics([volatile(topic)]);
    const seen = new Collector();
    let failures = 0;
    seen.during = async () => {
      if (failures < 2) {
        failures += 1;
        throw new Error("not yet");
      }
    };
    const tail = await log().tail({ topic, partition: 0, process: (batch) => seen.process(batch) });
    for (let n = 0; n < 10; n += 1) await log().append(numbered(topic, 1, { from: n }));
    await seen.until(() => seen.count(topic) === 10);
    await tail.stop();
    expect(seen.values(topic)).toEqual(numbers(10));
  });
}

import { expect, test } from "vitest";
import { noObserver } from "#shared/log/no-observer.ts";
import { Collector } from "./collector.ts";
import type { MakeLog, Subject } from "./contract.ts";
import { numbered, numbers, synced } from "./records.ts";

export function retryContract({ log, otherLog, name }: Subject, makeLog: MakeLog): void {
  test("what a handler rejects is given again until it is taken, and nothing overtakes it", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic)]);
    await log().append(numbered(topic, 3));
    const seen = new Collector();
    let failures = 0;
    seen.during = async ({ records }) => {
      if (records.some(({ value }) => value === "2") && failures < 3) {
        failures += 1;
        if (failures === 2) throw new Error("thrown at once");
        return await Promise.reject(new Error("rejected"));
      }
    };
    const running = await log().subscribe({
      group: name("g"),
      topics: [{ name: topic, start: "committed" }],
      assign: seen.member("a"),
    });
    await seen.until(() => failures > 0);
    await log().append(numbered(topic, 2, { from: 3 }));
    await seen.until(() => seen.count(topic) === 5);
    await running.stop();
    expect(failures).toBe(3);
    expect(seen.values(topic)).toEqual(numbers(5));
    expect(seen.violations).toEqual([]);
  });

  test("what was never taken is given to the next owner", async () => {
    const topic = name("t");
    const group = name("g");
    await log().createTopics([synced(topic)]);
    await log().append(numbered(topic, 4));
    const seen = new Collector();
    let tried = 0;
    seen.during = async (_batch, member) => {
      if (member === "a") {
        tried += 1;
        throw new Error("a can do nothing");
      }
    };
    const subscription = { group, topics: [{ name: topic, start: "committed" as const }] };
    const a = await log().subscribe({ ...subscription, assign: seen.member("a") });
    await seen.until(() => tried >= 3);
    await a.stop();
    expect(seen.count(topic)).toBe(0);
    const b = await otherLog().subscribe({ ...subscription, assign: seen.member("b") });
    await seen.until(() => seen.count(topic) === 4);
    await b.stop();
    expect(seen.values(topic)).toEqual(numbers(4));
    expect(seen.violations).toEqual([]);
  });

  test("a `caughtUp` that rejects is called again before any record flows", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic)]);
    await log().append(numbered(topic, 2));
    const seen = new Collector();
    let failures = 0;
    seen.whileCatchingUp = async () => {
      expect(seen.given).toEqual([]);
      failures += 1;
      if (failures < 3) throw new Error("not yet");
    };
    const running = await log().subscribe({
      group: name("g"),
      topics: [{ name: topic, start: "committed" }],
      assign: seen.member("a"),
    });
    await seen.until(() => seen.count(topic) === 2);
    await running.stop();
    expect(failures).toBe(3);
    expect(seen.violations).toEqual([]);
  });

  test("the observer is told what is appended, consumed and stalled", async () => {
    const made = await makeLog();
    try {
      const told: string[] = [];
      const observed = await made.open({
        ...noObserver,
        appended: (topic, records) => void told.push(`appended ${topic} ${records}`),
        consumed: (topic, partition, records, behind) =>
          void told.push(`consumed ${topic}/${partition} ${records}, ${behind} behind`),
        stalled: (topic, partition, error) => void told.push(`stalled ${topic}/${partition} ${error}`),
      });
      const topic = `${made.child.prefix}observed`;
      await observed.createTopics([synced(topic)]);
      await observed.append(numbered(topic, 2));
      const seen = new Collector();
      let failed = false;
      seen.during = () => {
        if (failed) return;
        failed = true;
        throw new Error("once");
      };
      await observed.subscribe({
        group: `${made.child.prefix}group`,
        topics: [{ name: topic, start: "committed" }],
        assign: seen.member("a"),
      });
      await seen.until(() => told.length >= 3);
      expect(told).toEqual([
        `appended ${topic} 2`,
        `stalled ${topic}/0 Error: once`,
        `consumed ${topic}/0 2, 0 behind`,
      ]);
    } finally {
      await made.dispose();
    }
  });
}

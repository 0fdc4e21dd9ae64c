import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { Collector } from "./collector.ts";
import type { Subject } from "./contract.ts";
import { numbered, numbers, synced, volatile, written } from "./records.ts";

const awkward = [
  "🚗💨 on my way 👍",
  "👩‍👩‍👧‍👦",
  "𠜎𠜱𡿺 \u{10FFFF}",
  "مرحبا \u202bשלום\u202c",
  "a\u0000b\u0000",
  "e\u0301 vs \u00e9",
  "\uFEFFx\uFFFE\uFFFF",
  "a\nb\r\nc\u2028d",
  "'; DROP TABLE log_records; --",
  "",
];

export function appendContract({ log, name }: Subject): void {
  test("the offsets of a partition start at 0 and only grow, and each append is told its own", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic, 3)]);
    const first = await log().append([
      ...numbered(topic, 2, { partition: 1 }),
      ...numbered(topic, 1, { partition: 0 }),
      ...numbered(topic, 1, { partition: 1 }),
    ]);
    expect(first).toEqual([
      { partition: 1, offset: 0 },
      { partition: 1, offset: 1 },
      { partition: 0, offset: 0 },
      { partition: 1, offset: 2 },
    ]);
    expect(await log().append(numbered(topic, 1, { partition: 1 }))).toEqual([{ partition: 1, offset: 3 }]);
  });

  test("one append to several topics is told where each record is, and nothing for volatile ones", async () => {
    const [a, b, c] = [name("a"), name("b"), name("c")];
    await log().createTopics([synced(a), written(b), volatile(c)]);
    const records = [
      ...numbered(b, 1),
      ...numbered(c, 1),
      ...numbered(a, 1),
      ...numbered(c, 1),
      ...numbered(b, 1),
    ];
    expect((await log().append(records)).map(({ offset }) => offset)).toEqual([0, -1, 0, -1, 1]);
  });

  test("keys and values are read as they were appended, whatever is in them", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic)]);
    const before = Date.now();
    const records = awkward.map((text) => ({ topic, partition: 0, key: text, value: text }));
    await log().append([...records, { topic, partition: 0, key: "ended", value: null }]);
    const seen = new Collector();
    const running = await log().subscribe({
      group: name("g"),
      topics: [{ name: topic, start: "committed" }],
      assign: seen.member("a"),
    });
    await seen.until(() => seen.given.length === awkward.length + 1);
    await running.stop();
    expect(seen.given.map(({ key, value }) => [key, value])).toEqual([
      ...awkward.map((text) => [text, text]),
      ["ended", null],
    ]);
    // Clocks of the log and of this process may differ, but not by a minute.
    for (const { timestampMs } of seen.given) expect(Math.abs(timestampMs - before)).toBeLessThan(60_000);
  });

  test("appends that do not wait for each other keep the order in which they were called", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic, 2)]);
    const positions = await Promise.all(
      numbered(topic, 500).flatMap((record) => [
        log().append([record]),
        log().append([
          { ...record, partition: 1 },
          { ...record, partition: 1 },
        ]),
      ]),
    );
    expect(
      positions
        .filter((_, n) => n % 2 === 0)
        .flat()
        .map(({ offset }) => offset),
    ).toEqual(Array.from({ length: 500 }, (_, n) => n));
    const seen = new Collector();
    const running = await log().subscribe({
      group: name("g"),
      topics: [{ name: topic, start: "committed" }],
      assign: seen.member("a"),
    });
    await seen.until(() => seen.count(topic) === 1_500);
    await running.stop();
    expect(seen.values(topic, 0)).toEqual(numbers(500));
    expect(seen.values(topic, 1)).toEqual(numbers(500).flatMap((n) => [n, n]));
  });

  test("an append of thousands of large records is taken whole and in order", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic)]);
    const filler = "🧭".repeat(500);
    const records = numbered(topic, 4_000).map((record) => ({ ...record, value: record.value + filler }));
    const positions = await log().append(records);
    expect(positions.map(({ offset }) => offset)).toEqual(records.map((_, n) => n));
    const seen = new Collector();
    let largest = 0;
    seen.during = ({ records: batch }) => {
      largest = Math.max(largest, batch.length);
    };
    const running = await log().subscribe({
      group: name("g"),
      topics: [{ name: topic, start: "committed" }],
      assign: seen.member("a"),
    });
    await seen.until(() => seen.count(topic) === records.length);
    await running.stop();
    expect(seen.values(topic)).toEqual(records.map(({ value }) => value));
    expect(largest).toBeLessThanOrEqual(limits.laneBatchRecordsMax);
  });

  test("the largest record is taken; one that is larger is refused, and harms no other", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic)]);
    const largest = { topic, partition: 0, key: "", value: "x".repeat(limits.recordBytesMax) };
    const [fits, tooLarge, small] = await Promise.allSettled([
      log().append([largest]),
      log().append([{ ...largest, value: "é".repeat(limits.recordBytesMax / 2 + 1) }]),
      log().append(numbered(topic, 1)),
    ]);
    expect(fits).toMatchObject({ status: "fulfilled", value: [{ offset: 0 }] });
    expect(tooLarge).toMatchObject({ status: "rejected", reason: { code: "payload_too_large" } });
    expect(small).toMatchObject({ status: "fulfilled", value: [{ offset: 1 }] });
  });

  test("an append to a partition that is not there is refused, and is no success for anybody", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic, 2)]);
    await expect(log().append(numbered(topic, 1, { partition: 2 }))).rejects.toThrow();
    expect(await log().append(numbered(topic, 1, { partition: 1 }))).toEqual([{ partition: 1, offset: 0 }]);
  });

  test("an append of nothing is nothing", async () => {
    expect(await log().append([])).toEqual([]);
  });

  test("more than the queue holds is refused as overloaded, and none of it is taken", async () => {
    const topic = name("t");
    await log().createTopics([synced(topic)]);
    const half = limits.appendQueueRecordsMax / 2;
    const results = await Promise.allSettled([
      log().append(numbered(topic, half)),
      log().append(numbered(topic, half)),
      log().append(numbered(topic, 1)),
      log().append(numbered(topic, half)),
    ]);
    const refused = results.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    for (const result of refused) expect(result).toMatchObject({ reason: { code: "overloaded" } });
    const taken = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
    expect(await log().append(numbered(topic, 1))).toEqual([{ partition: 0, offset: taken.length }]);
  });
}

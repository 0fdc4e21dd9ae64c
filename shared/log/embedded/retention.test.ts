import { expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import type { TopicSpec } from "../log.ts";
import { noObserver } from "../no-observer.ts";
import { Appender } from "./appender.ts";
import { RecordTable } from "./record-table.ts";
import { Retention } from "./retention.ts";
import { TopicTable } from "./topic-table.ts";

const events: TopicSpec = {
  name: "events",
  partitions: 2,
  cleanup: { policy: "delete", retentionMs: 1_000 },
  durability: "written",
};
const interest: TopicSpec = { ...events, name: "interest", cleanup: { policy: "compact" } };
const signals: TopicSpec = { ...events, name: "signals", durability: "volatile" };

function open(readFrom: () => number = () => Number.POSITIVE_INFINITY) {
  const database = openDatabase(":memory:");
  const table = new RecordTable(database);
  const topics = new TopicTable(database, table);
  topics.create([events, interest, signals]);
  const retention = new Retention({ database, topics, table, readFrom });
  const appender = new Appender({ database, topics, table, observer: noObserver });
  const append = (topic: string, key: string, value: string | null, partition = 0) =>
    appender.append([{ topic, partition, key, value }]);
  const rows = (topic: string, partition = 0) =>
    table.read(topics.partition(topic, partition).id, 0, 1_000_000, 1_000_000).map(({ offset }) => offset);
  return { database, topics, retention, append, rows };
}

async function fill(append: (topic: string, key: string, value: string) => Promise<unknown>, count: number) {
  await Promise.all(Array.from({ length: count }, (_, n) => append("events", "k", String(n))));
}

test("what is past its time goes in slices; the newest stays, so that offsets go on", async () => {
  const { retention, append, rows, topics } = open();
  const count = limits.retentionSliceRecords * 2 + 10;
  await fill(append, count);
  retention.sweep(Date.now());
  expect(rows("events")).toHaveLength(count);
  for (const left of [count - limits.retentionSliceRecords, 10, 1, 1]) {
    retention.sweep(Date.now() + 2_000);
    expect(rows("events")).toHaveLength(left);
  }
  expect(rows("events")).toEqual([count - 1]);
  expect(topics.partition("events", 0).next).toBe(count);
});

test("what a reader has yet to come to stays, however old", async () => {
  const { retention, append, rows } = open(() => 7);
  await fill(append, 20);
  retention.sweep(Date.now() + 2_000);
  expect(rows("events")[0]).toBe(7);
});

test("a compacted topic keeps the newest record of each key, whatever its age", async () => {
  const { retention, append, rows } = open();
  for (let n = 0; n < 100; n += 1) await append("interest", `k${n % 3}`, String(n));
  await append("interest", "k0", "elsewhere", 1);
  retention.sweep(Date.now() + 2_000);
  expect(rows("interest")).toEqual([97, 98, 99]);
  expect(rows("interest", 1)).toEqual([0]);
});

test("tombstones go after their time, but not the newest record of a partition", async () => {
  const { retention, append, rows } = open();
  await append("interest", "a", "1");
  await append("interest", "b", "1");
  await append("interest", "a", null);
  expect(rows("interest")).toEqual([1, 2]);
  const later = Date.now() + limits.tombstoneKeepMs + 1;
  retention.sweep(later);
  expect(rows("interest")).toEqual([1, 2]);
  await append("interest", "c", "1");
  retention.sweep(later);
  expect(rows("interest")).toEqual([1, 3]);
});

test("a volatile topic is in memory alone, and bounded", async () => {
  const { retention, append, topics, database } = open();
  const partition = topics.partition("signals", 0);
  await Promise.all(Array.from({ length: limits.volatileRecordsMax + 5 }, () => append("signals", "k", "v")));
  expect(database.prepare("SELECT count(*) AS rows FROM log_records").get()).toMatchObject({ rows: 0 });
  expect(partition.read(0).records[0]?.offset).toBe(5);
  retention.sweep(Date.now() + 2_000);
  expect(partition.read(0)).toEqual({ records: [], next: limits.volatileRecordsMax + 5 });
});

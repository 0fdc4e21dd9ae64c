import { expect, test } from "vitest";
import { RecentRecords } from "./recent-records.ts";

const record = (offset: number, value = "x") => ({ offset, key: "k", value, timestampMs: offset });
const all = { recordsMax: 1_000, charsMax: 1_000_000 };

test("the oldest go when there are too many records", () => {
  const recent = new RecentRecords({ recordsMax: 10, charsMax: 1_000_000 });
  for (let offset = 0; offset < 1_000; offset += 1) {
    recent.push(record(offset));
    expect(recent.firstOffset).toBe(Math.max(0, offset - 9));
  }
  expect(recent.read(995, all).map(({ offset }) => offset)).toEqual([995, 996, 997, 998, 999]);
});

test("the oldest go when there are too many characters, but never the newest", () => {
  const recent = new RecentRecords({ recordsMax: 100, charsMax: 50 });
  for (let offset = 0; offset < 20; offset += 1) recent.push(record(offset, "x".repeat(9)));
  expect(recent.firstOffset).toBe(15);
  recent.push(record(20, "x".repeat(1_000)));
  expect(recent.firstOffset).toBe(20);
});

test("a read is bounded in records and characters, and gives one at least", () => {
  const recent = new RecentRecords(all);
  for (let offset = 0; offset < 20; offset += 1) recent.push(record(offset, "x".repeat(9)));
  expect(recent.read(3, { recordsMax: 4, charsMax: 1_000 })).toHaveLength(4);
  expect(recent.read(3, { recordsMax: 100, charsMax: 25 })).toHaveLength(2);
  expect(recent.read(3, { recordsMax: 100, charsMax: 1 })).toHaveLength(1);
  expect(recent.read(20, all)).toEqual([]);
});

test("what is older than wanted goes", () => {
  const recent = new RecentRecords(all);
  for (let offset = 0; offset < 20; offset += 1) recent.push(record(offset));
  recent.expire(12);
  expect(recent.firstOffset).toBe(12);
  recent.expire(100);
  expect(recent.firstOffset).toBeNull();
  recent.push(record(20));
  expect(recent.read(20, all)).toEqual([record(20)]);
});

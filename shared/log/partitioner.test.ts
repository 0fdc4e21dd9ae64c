import { expect, test } from "vitest";
import { partitionOf } from "./partitioner.ts";

// Made with another language's SHA-1. They must never change: see the partitioner.
const golden: [tenantId: string, id: string, of12: number, of16: number, of64: number, of1024: number][] = [
  ["t", "r", 4, 12, 60, 892],
  ["acme", "room-1", 1, 13, 13, 781],
  ["acme", "room-2", 5, 1, 33, 801],
  ["acme", "user:ada", 11, 15, 47, 175],
  ["Ünïcödé", "🚗💨", 11, 11, 11, 459],
  ["a", "b/c", 6, 10, 26, 730],
  ["a/b", "c", 6, 10, 26, 730],
  ["tenant", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 5, 13, 13, 77],
];

test.each(golden)("%s/%s is where it has always been", (tenantId, id, of12, of16, of64, of1024) => {
  expect([12, 16, 64, 1_024].map((count) => partitionOf(tenantId, id, count))).toEqual([
    of12,
    of16,
    of64,
    of1024,
  ]);
  expect(partitionOf(tenantId, id, 1)).toBe(0);
});

test("rooms spread over the partitions", () => {
  const counts = new Array<number>(16).fill(0);
  for (let room = 0; room < 16_000; room += 1) {
    const partition = partitionOf("tenant", `room-${room}`, 16);
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

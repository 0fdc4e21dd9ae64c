import { expect, test } from "vitest";
import { matchesRoomPattern } from "./room-pattern.ts";

test.each([
  ["order_8f2a", "order_8f2a", true],
  ["order_8f2a", "order_8f2", false],
  ["*", "anything", true],
  ["order_*", "order_8f2a", true],
  ["order_*", "order_", true],
  ["order_*", "trip_order_1", false],
  ["*_eu", "order_eu", true],
  ["*_eu", "order_us", false],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["a*b*c", "a-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["a*b*c", "abbc", true],
  ["a*bc*c", "abc", false],
  ["**", "x", true],
  ["a.c", "abc", false],
])("the pattern %s and the room %s: %s", (pattern, roomId, due) => {
  expect(matchesRoomPattern(pattern, roomId)).toBe(due);
});

test("a pattern that is made to be slow is not", () => {
  const begun = performance.now();
  expect(matchesRoomPattern(`${"a*".repeat(63)}b`, "a".repeat(128))).toBe(false);
  expect(performance.now() - begun).toBeLessThan(50);
});

import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { versionOf } from "./version.ts";

test("a later position is a higher version, and a later epoch is higher than any position", () => {
  expect(versionOf(1, 8)).toBeGreaterThan(versionOf(1, 7));
  expect(versionOf(2, 0)).toBeGreaterThan(versionOf(1, 2 ** 44 - 1));
});

test("every version is positive and exact", () => {
  expect(versionOf(0, 0)).toBe(1);
  expect(Number.isSafeInteger(versionOf(limits.epochMax, 2 ** 44 - 1))).toBe(true);
});

test("an epoch or a position out of bounds is refused", () => {
  expect(() => versionOf(limits.epochMax + 1, 0)).toThrow();
  expect(() => versionOf(1, -1)).toThrow();
  expect(() => versionOf(1, 0.5)).toThrow();
});

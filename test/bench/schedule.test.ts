import { describe, expect, test } from "vitest";
import { dueAfterMs, scheduleOf } from "./schedule.ts";

const times = (perSecond: number, seconds: number, seed: number) => {
  const schedule = scheduleOf(perSecond, seconds, seed);
  return Array.from({ length: schedule.count }, (_, n) => dueAfterMs(schedule, n));
};

describe("a schedule", () => {
  test("holds its rate in every second", () => {
    const due = times(200, 5, 1);
    expect(due).toHaveLength(1_000);
    for (let second = 0; second < 5; second++) {
      expect(due.filter((ms) => Math.floor(ms / 1_000) === second)).toHaveLength(200);
    }
  });

  test("is in order, and not in step with any timer", () => {
    const due = times(1_000, 2, 7);
    expect(due).toEqual(due.toSorted((a, b) => a - b));
    const parts = new Set(due.map((ms) => Math.floor((ms % 1) * 10)));
    expect(parts.size).toBe(10);
  });

  test("is the same for the same seed, and another for another", () => {
    expect(times(50, 1, 3)).toEqual(times(50, 1, 3));
    expect(times(50, 1, 3)).not.toEqual(times(50, 1, 4));
  });
});

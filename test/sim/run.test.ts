import fc from "fast-check";
import { expect, test } from "vitest";
import { runSchedule } from "./run.ts";
import { schedules } from "./schedule.ts";
import { tripWire } from "./trip-wire.ts";

test("the same schedule gives the same trace, line by line", async () => {
  for (const schedule of fc.sample(schedules, { seed: 7, numRuns: 10 })) {
    const first = await runSchedule(schedule, { traced: true });
    const again = await runSchedule(schedule, { traced: true });
    expect(first.trace.length).toBeGreaterThan(100);
    expect(again).toEqual(first);
  }
});

test("another seed gives another trace", async () => {
  const { trace } = await runSchedule({ seed: 1, steps: [] }, { traced: true });
  const { trace: other } = await runSchedule({ seed: 2, steps: [] }, { traced: true });
  expect(other).not.toEqual(trace);
});

test("who asks for real time while a run is under way is caught", () => {
  const release = tripWire();
  new Function("setTimeout(() => {}, 0);\n//# sourceURL=/services/gateway/late.ts")();
  expect(release).toThrow("/services/gateway/late.ts");
  expect(() => tripWire()()).not.toThrow();
});

import { expect, test } from "vitest";
import { report, search } from "./search.ts";

/** The same schedules every time: what was right stays right. */
test("the invariants hold in schedules of faults that are always the same", {
  timeout: 600_000,
}, async () => {
  const result = await search({ seed: 20_261_124, runs: 2_000, cpuMsMax: 90_000 });
  expect(result.found, report(result)).toBe(null);
  expect(result.runs).toBeGreaterThan(500);
});

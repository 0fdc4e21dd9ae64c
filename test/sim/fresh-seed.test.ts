import { expect, test } from "vitest";
import { report, search } from "./search.ts";

/** Other schedules every time: what nobody has thought of. A failure names its seed, and is then not by chance. */
test("the invariants hold in schedules of faults that nobody has seen", { timeout: 600_000 }, async () => {
  const result = await search({ seed: Date.now() % 1_000_000_000, runs: 2_000, cpuMsMax: 45_000 });
  expect(result.found, report(result)).toBe(null);
  expect(result.runs).toBeGreaterThan(200);
});

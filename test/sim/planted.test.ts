import { expect, test } from "vitest";
import type { Invariant } from "#test/history-checker/history.ts";
import { commitBeforeEmit, emitBeforePersist, noFencing, plantNoHealing } from "./planted.ts";
import { type Search, search } from "./search.ts";

/** Each is found in the first few dozen schedules. Where it is not, the simulation has become blind. */
const options = { seed: 1, runs: 1_000, shrinkCpuMsMax: 3_000 };
const timeout = 300_000;

/** It was found, by an invariant that it must break. */
function expectFound({ found }: Search, invariants: readonly Invariant[]): void {
  const broken = found?.violations.map(({ invariant }) => invariant) ?? [];
  expect(invariants.some((invariant) => broken.includes(invariant))).toBe(true);
}

test("an offset that is committed before its batch is emitted is found", { timeout }, async () => {
  expectFound(await search({ ...options, parts: commitBeforeEmit }), ["I4", "I5"]);
});

test("a batch that is emitted before it is in the store is found, and few steps are left of its schedule", {
  timeout,
}, async () => {
  const result = await search({ ...options, parts: emitBeforePersist, shrinkCpuMsMax: 30_000 });
  expectFound(result, ["I1", "I4", "I5"]);
  expect(result.found?.schedule.steps.length).toBeLessThanOrEqual(10);
});

test("a store that lets stale owners overwrite what is newer is found", { timeout }, async () => {
  expectFound(await search({ ...options, parts: noFencing }), ["I1", "I3", "I4", "I5"]);
});

test("a gateway that heals no holes is found", { timeout }, async () => {
  const restore = plantNoHealing();
  try {
    expectFound(await search(options), ["I4"]);
  } finally {
    restore();
  }
});

import { expect, test } from "vitest";
import { findHighestHeld, type StepOutcome } from "./ramp.ts";

const held: StepOutcome = { verdict: "held", why: null };
const failed: StepOutcome = { verdict: "failed", why: "late" };
const saturated: StepOutcome = { verdict: "saturated", why: "busy" };

test("the search goes up by a quarter and ends below the first rate that is not held", async () => {
  const ramp = await findHighestHeld({ from: 100, max: 10_000 }, async (rate) =>
    rate <= 200 ? held : failed,
  );
  expect(ramp.heldPerSecond).toBe(195);
  expect(ramp.endedBy).toBe("product");
  expect(ramp.steps.at(-1)).toMatchObject({ perSecond: 195, confirming: true });
});

test("a rate that is not held for longer is not the answer", async () => {
  const ramp = await findHighestHeld({ from: 100, max: 10_000 }, async (rate, confirming) =>
    rate <= (confirming ? 130 : 200) ? held : failed,
  );
  expect(ramp.heldPerSecond).toBe(124);
});

test("a step that fails once is tried again", async () => {
  let tries = 0;
  const ramp = await findHighestHeld({ from: 100, max: 100 }, async () => {
    tries += 1;
    return tries === 1 ? failed : held;
  });
  expect(ramp.heldPerSecond).toBe(100);
});

test("a generator that gives out leaves only a lower bound", async () => {
  const ramp = await findHighestHeld({ from: 100, max: 10_000 }, async (rate) =>
    rate <= 200 ? held : saturated,
  );
  expect(ramp).toMatchObject({ heldPerSecond: 195, endedBy: "generator" });
});

test("nothing held is 0", async () => {
  const ramp = await findHighestHeld({ from: 100, max: 10_000 }, async () => failed);
  expect(ramp).toMatchObject({ heldPerSecond: 0, endedBy: "product" });
});

import { expect, test } from "vitest";
import { Histogram } from "../histogram.ts";
import { believed } from "./believed.ts";

function healthWith(loopUtilisation: number) {
  return { loopUtilisation, cpuShare: 0.1, lateness: new Histogram().toData() };
}

test.each([
  ["good at once", [0.1], 0.1],
  ["good the second time", [0.99, 0.2], 0.2],
  ["never good", [0.99, 0.98, 0.1], 0.98],
])("what is %s is measured as often as it takes, and not for ever", async (_, loops, kept) => {
  const left = [...loops];
  const measure = async () => healthWith(left.shift() ?? Number.NaN);
  expect((await believed(measure, (health) => health)).loopUtilisation).toBe(kept);
});

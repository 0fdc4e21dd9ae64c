import { describe, expect, test } from "vitest";
import { type GeneratorHealth, Tally, type WindowReport } from "./generator/tally.ts";
import { Histogram, type HistogramData } from "./histogram.ts";
import { bounds, generatorFault, losses, notHeld } from "./verdict.ts";

const timesMs = (ms: number, count = 100): HistogramData => {
  const histogram = new Histogram();
  for (let i = 0; i < count; i++) histogram.recordMs(ms);
  return histogram.toData();
};
const healthy: GeneratorHealth = { loopUtilisation: 0.4, cpuShare: 0.5, lateness: timesMs(1) };
const whole: WindowReport = {
  ...new Tally().report(100, 1_000, healthy),
  ...{ sent: 100, acked: 100, delivered: 100, complete: 100, ack: timesMs(2), deliver: timesMs(3) },
};

describe("a generator", () => {
  test("that had time to spare is believed", () => {
    expect(generatorFault(healthy, bounds.latenessP99MsMax)).toBeNull();
  });

  test("whose event loop was saturated makes its window invalid", () => {
    const fault = generatorFault({ ...healthy, loopUtilisation: 0.9 }, bounds.latenessP99MsMax);
    expect(fault).toMatch(/busy 90 %/);
  });

  test("that sent behind its schedule makes its window invalid", () => {
    const late = { ...healthy, lateness: timesMs(30) };
    expect(generatorFault(late, bounds.latenessP99MsMax)).toMatch(/late/);
    expect(generatorFault(late, bounds.rampLatenessP99MsMax)).toBeNull();
  });
});

describe("a rate is held", () => {
  test("when everything was acknowledged and delivered in time", () => {
    expect(notHeld(whole)).toBeNull();
  });

  test.each([
    ["one message was not seen by both members", { complete: 99 }, /1 not acknowledged or not seen/],
    ["one was refused", { complete: 99, refused: { overloaded: 1 } }, /1 refused with overloaded/],
    ["the schedule was not sent whole", { sent: 99, complete: 99 }, /1 never sent/],
    ["an invariant was broken", { violations: ["seq 3 follows 1"] }, /seq 3 follows 1/],
    ["answers were late", { ack: timesMs(300) }, /send→ack p99 30/],
    ["deliveries were late", { deliver: timesMs(600) }, /send→deliver p99 60/],
  ])("and not when %s", (_what, change, why) => {
    expect(notHeld({ ...whole, ...change })).toMatch(why);
  });

  test("and what is missing is told once", () => {
    expect(losses({ ...whole, complete: 95, refused: { rate_limited: 3 } })).toEqual([
      "3 refused with rate_limited",
      "2 not acknowledged or not seen by both members",
    ]);
  });
});

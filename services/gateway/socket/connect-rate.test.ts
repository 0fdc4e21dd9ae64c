import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { ConnectRate } from "./connect-rate.ts";

const perSecond = 100;
const rateOf = (random = () => 0.5) => new ConnectRate({ perSecond, random });

describe("sockets are let in", () => {
  test("a second's worth at once, then at the rate, whenever they come", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 500 }), (pauses) => {
        const rate = rateOf();
        let nowMs = 1_000_000;
        let taken = 0;
        for (const pause of pauses) {
          nowMs += pause;
          if (rate.take(nowMs) === null) taken += 1;
          expect(taken).toBeLessThanOrEqual(perSecond + ((nowMs - 1_000_000) * perSecond) / 1_000);
        }
      }),
    );
  });

  test("again after a rest, also by a clock that was set back", () => {
    const rate = rateOf();
    for (let i = 0; i < perSecond; i++) expect(rate.take(5_000)).toBe(null);
    expect(rate.take(5_000)).not.toBe(null);
    expect(rate.take(1_000)).not.toBe(null);
    expect(rate.take(1_010)).toBe(null);
  });
});

describe("a crowd that is sent away", () => {
  test("is spread over the time that it takes to let it in, no two alike", () => {
    let n = 0;
    const rate = rateOf(() => (n = (n + 0.618) % 1));
    const crowd = Array.from({ length: 1_100 }, () => rate.take(0)).filter((ms) => ms !== null);
    expect(crowd).toHaveLength(1_000);
    // Ten seconds at 100 a second: in each of them some come back, and in none more than twice that many.
    const bySecond = Map.groupBy(crowd, (ms) => Math.floor(ms / 1_000));
    for (let second = 0; second < 10; second++) {
      expect(bySecond.get(second)?.length ?? 0).toBeGreaterThan(0);
      expect(bySecond.get(second)?.length ?? 0).toBeLessThanOrEqual(2 * perSecond);
    }
    expect(new Set(crowd).size).toBeGreaterThan(crowd.length / 2);
  });

  test("is spread over as much time as it takes when less than the rate can be served", () => {
    const rate = rateOf(() => 0.5);
    rate.serves(10);
    const waits = Array.from({ length: 100 }, () => rate.turnAway(0));
    expect(Math.max(...waits)).toBe(10_000);
    // What was served meanwhile is no longer expected back.
    expect(rate.turnAway(5_000)).toBe(5_100);
    rate.serves(10_000);
    expect(rate.turnAway(5_000)).toBe(520);
  });

  test("is never told to wait for longer than its bound, nor to come at once", () => {
    for (const random of [() => 0, () => 0.999]) {
      const rate = rateOf(random);
      const waits = Array.from({ length: 100_000 }, () => rate.take(0)).filter((ms) => ms !== null);
      expect(waits.reduce((a, b) => Math.min(a, b))).toBeGreaterThanOrEqual(limits.connectRetryMsMin / 2);
      expect(waits.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(limits.connectRetryMsMax * 1.5);
    }
  });
});

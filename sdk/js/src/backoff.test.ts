import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";
import { defaultBounds } from "./bounds.ts";

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("a pause is never negative, never above its ceiling, and the ceiling never above the cap", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2_000 }), chance, (attempt, random) => {
      const delayMs = backoffMs(attempt, { ...defaultBounds, random: () => random });
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThanOrEqual(Math.min(30_000, 1_000 * 2 ** attempt));
    }),
  );
});

test("the jitter is full: any part of the ceiling is met", () => {
  expect(backoffMs(3, { ...defaultBounds, random: () => 0 })).toBe(0);
  expect(backoffMs(3, { ...defaultBounds, random: () => 0.5 })).toBe(4_000);
  expect(backoffMs(9, { ...defaultBounds, random: () => 0.999 })).toBeCloseTo(29_970);
});

test("a server's wish is waited for in full and jittered after, within its own bound", () => {
  fc.assert(
    fc.property(fc.nat({ max: 20 }), chance, fc.nat({ max: 10_000_000 }), (attempt, random, retryAfterMs) => {
      const delayMs = backoffMs(attempt, { ...defaultBounds, random: () => random }, retryAfterMs);
      const floorMs = Math.min(retryAfterMs, defaultBounds.retryAfterMsMax);
      expect(delayMs).toBeGreaterThanOrEqual(floorMs);
      expect(delayMs).toBeLessThanOrEqual(floorMs + defaultBounds.backoffCapMs);
    }),
  );
});

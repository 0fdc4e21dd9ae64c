import { describe, expect, test } from "vitest";
import { Histogram } from "./histogram.ts";

describe("a histogram of durations", () => {
  test("gives quantiles within 1 % of the values recorded, from a microsecond to half an hour", () => {
    for (const scaleMs of [0.001, 0.1, 1, 37, 1_000, 100_000, 1_800_000]) {
      const histogram = new Histogram();
      for (let i = 1; i <= 1_000; i++) histogram.recordMs((i / 1_000) * scaleMs);
      for (const quantile of [0.5, 0.95, 0.99, 0.999, 1]) {
        const expected = quantile * scaleMs;
        expect(Math.abs(histogram.quantileMs(quantile) - expected)).toBeLessThan(expected * 0.01 + 0.001);
      }
    }
  });

  test("merged from parts says what one that saw everything says", () => {
    const whole = new Histogram();
    const parts = [new Histogram(), new Histogram(), new Histogram()];
    for (let i = 0; i < 3_000; i++) {
      const ms = (i * 7_919) % 4_001;
      whole.recordMs(ms);
      parts[i % 3]?.recordMs(ms);
    }
    const merged = Histogram.merged(parts.map((part) => structuredClone(part.toData())));
    expect(merged.total).toBe(3_000);
    for (const quantile of [0.01, 0.5, 0.99, 1]) {
      expect(merged.quantileMs(quantile)).toBe(whole.quantileMs(quantile));
    }
  });

  test("with nothing in it has no quantiles", () => {
    expect(new Histogram().quantileMs(0.5)).toBeNaN();
  });
});

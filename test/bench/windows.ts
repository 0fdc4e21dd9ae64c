import { Histogram, type HistogramData } from "./histogram.ts";

/** A quantile over several windows: the middle one, and the extremes. */
export interface Spread {
  readonly medianMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
}
/** One thing measured in several windows. */
export interface Measured {
  readonly p50: Spread;
  readonly p95: Spread;
  readonly p99: Spread;
  readonly p999: Spread;
  readonly samples: number;
}

/** Medians of windows: another program's work in one of them is not taken for the product's. */
export function measured(windows: readonly HistogramData[]): Measured {
  const histograms = windows.map((data) => Histogram.of(data));
  const spreadAt = (quantile: number) =>
    spreadOf(histograms.map((histogram) => histogram.quantileMs(quantile)));
  return {
    p50: spreadAt(0.5),
    p95: spreadAt(0.95),
    p99: spreadAt(0.99),
    p999: spreadAt(0.999),
    samples: histograms.reduce((sum, { total }) => sum + total, 0),
  };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { medianMs: median(sorted), leastMs: sorted[0] ?? Number.NaN, mostMs: sorted.at(-1) ?? Number.NaN };
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Below this every microsecond has its own bucket; above, each doubling is cut into half as many. */
const exactBelow = 256;
const perDoubling = exactBelow / 2;
/** 2^31 µs is 36 minutes: no run lasts that long. */
const valueMax = 2 ** 31 - 1;
const bucketCount = exactBelow + perDoubling * (31 - 8);

/** As it travels between processes: pairs of bucket and count. */
export interface HistogramData {
  readonly counts: readonly (readonly [bucket: number, count: number])[];
  readonly maxUs: number;
}

/**
 * Counts of durations in buckets of less than 1 % width, as HdrHistogram does: its size does not depend on how many are
 * recorded, and quantiles of merged histograms are those of all the values together.
 */
export class Histogram {
  readonly #counts = new Uint32Array(bucketCount);
  #total = 0;
  #maxUs = 0;

  static of(data: HistogramData): Histogram {
    const histogram = new Histogram();
    histogram.#take(data);
    return histogram;
  }

  static merged(all: Iterable<HistogramData>): Histogram {
    const histogram = new Histogram();
    for (const data of all) histogram.#take(data);
    return histogram;
  }

  get total(): number {
    return this.#total;
  }

  /** Negative durations, which a clock's rounding may give, count as none. */
  recordMs(ms: number): void {
    const us = Math.min(valueMax, Math.max(0, Math.round(ms * 1_000)));
    this.#counts[bucketOf(us)] = (this.#counts[bucketOf(us)] ?? 0) + 1;
    this.#total += 1;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /** @param quantile 0.5 is the median. NaN when nothing was recorded. */
  quantileMs(quantile: number): number {
    if (this.#total === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(quantile * this.#total));
    let seen = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return Math.min(middleOf(bucket), this.#maxUs) / 1_000;
    }
    return this.#maxUs / 1_000;
  }

  toData(): HistogramData {
    const counts: [number, number][] = [];
    for (const [bucket, count] of this.#counts.entries()) if (count > 0) counts.push([bucket, count]);
    return { counts, maxUs: this.#maxUs };
  }

  #take({ counts, maxUs }: HistogramData): void {
    for (const [bucket, count] of counts) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
      this.#total += count;
    }
    this.#maxUs = Math.max(this.#maxUs, maxUs);
  }
}

function bucketOf(us: number): number {
  if (us < exactBelow) return us;
  const shift = 24 - Math.clz32(us);
  return exactBelow + (shift - 1) * perDoubling + ((us >>> shift) - perDoubling);
}

/** The middle of a bucket. */
function middleOf(bucket: number): number {
  if (bucket < exactBelow) return bucket;
  const above = bucket - exactBelow;
  const shift = Math.floor(above / perDoubling) + 1;
  const lowest = (perDoubling + (above % perDoubling)) * 2 ** shift;
  return lowest + (2 ** shift - 1) / 2;
}

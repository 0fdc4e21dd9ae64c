/**
 * A room's history is cut into partitions whose keys follow from `number` and `seq`: no read has to look for one.
 * These sizes are part of the schema: changing one makes what was written before unreadable.
 */

/** Messages or events of one partition: half a megabyte of usual ones, and at most 100 MB of the largest. */
const bucketRows = 1_000;

/** Message ids of one partition of the index: some 10 MB, and all but the longest rooms have one. */
const spanRows = 100_000;

/** Of a message's number or an event's seq, which start at 1. */
export function bucketOf(place: number): number {
  return Math.floor((place - 1) / bucketRows);
}

/** Of a message's number, for the index by id. */
export function spanOf(number: number): number {
  return Math.floor((number - 1) / spanRows);
}

/** The part of `from` to `to`, both included, that is in this bucket. */
export function withinBucket(bucket: number, range: { from: number; to: number }) {
  return {
    from: Math.max(range.from, bucket * bucketRows + 1),
    to: Math.min(range.to, (bucket + 1) * bucketRows),
  };
}

/** Every whole number from one to the other, both included. */
export function integersBetween(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

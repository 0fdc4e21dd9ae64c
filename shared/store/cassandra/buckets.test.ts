import { expect, test } from "vitest";
import { bucketOf, integersBetween, spanOf, withinBucket } from "./buckets.ts";

// The keys of rows that are stored: these vectors never change.
test.each([
  [1, 0],
  [1_000, 0],
  [1_001, 1],
  [2_000, 1],
  [2_001, 2],
])("number %i is in bucket %i", (number, bucket) => {
  expect(bucketOf(number)).toBe(bucket);
});

test.each([
  [1, 0],
  [100_000, 0],
  [100_001, 1],
])("message %i is indexed in span %i", (number, span) => {
  expect(spanOf(number)).toBe(span);
});

test("a range is cut at the borders of buckets", () => {
  const range = { from: 990, to: 2_010 };
  const parts = integersBetween(bucketOf(range.from), bucketOf(range.to)).map((b) => withinBucket(b, range));
  expect(parts).toEqual([
    { from: 990, to: 1_000 },
    { from: 1_001, to: 2_000 },
    { from: 2_001, to: 2_010 },
  ]);
});

import { expect, test } from "vitest";
import { byteRange } from "./byte-range.ts";

const whole = { start: 0, end: 9, isPart: false };
const part = (start: number, end: number) => ({ start, end, isPart: true });

test.each([
  ["bytes=0-0", part(0, 0)],
  ["bytes=2-5", part(2, 5)],
  ["bytes=7-", part(7, 9)],
  ["bytes=-3", part(7, 9)],
  ["bytes=5-100", part(5, 9)],
  ["bytes=-100", part(0, 9)],
])("%s of ten bytes is that part", (header, range) => {
  expect(byteRange(header, 10)).toEqual(range);
});

test.each([
  undefined,
  "",
  "bytes=-",
  "bytes=9-3",
  "bytes=10-",
  "bytes=-0",
  "bytes=1-2,4-5",
  "lines=1-2",
  "bytes=a-b",
])("%s is answered with the whole", (header) => {
  expect(byteRange(header, 10)).toEqual(whole);
});

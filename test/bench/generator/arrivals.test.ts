import { expect, test } from "vitest";
import { Arrivals } from "./arrivals.ts";

test("a message is complete with its last member, and timed from when it was due", () => {
  const arrivals = new Arrivals(3);
  arrivals.expect(7, 100);
  for (const nowMs of [104, 110]) arrivals.arrived(7, nowMs);
  expect(arrivals.settled).toBe(false);
  arrivals.arrived(7, 150);
  expect(arrivals).toMatchObject({ sent: 1, complete: 1, deliveries: 3, stray: 0, settled: true });
  expect(arrivals.first.quantileMs(0.5)).toBeCloseTo(4, 1);
  expect(arrivals.last.quantileMs(0.5)).toBeCloseTo(50, 0);
});

test("one that comes too often, or that nobody sent, is counted apart", () => {
  const arrivals = new Arrivals(1);
  arrivals.expect(1, 0);
  arrivals.arrived(1, 5);
  arrivals.arrived(1, 6);
  arrivals.arrived(2, 6);
  expect(arrivals).toMatchObject({ deliveries: 1, stray: 2 });
});

test("a message that did not come to all is in no latency, and missing", () => {
  const arrivals = new Arrivals(2);
  arrivals.expect(1, 0);
  arrivals.arrived(1, 5);
  expect(arrivals).toMatchObject({ complete: 0, deliveries: 1, settled: false });
  expect(arrivals.first.total).toBe(0);
});

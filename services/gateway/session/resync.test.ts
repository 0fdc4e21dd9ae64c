import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { Resync } from "./resync.ts";
import type { Session } from "./session.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function sessions(count: number) {
  const closed: number[] = [];
  const all = Array.from({ length: count }, (_, n) => {
    return { ended: false, close: () => void closed.push(n) } as unknown as Session;
  });
  return { all, closed };
}

test("clients are sent away in slices of half of what the gateway takes, each once", async () => {
  const { all, closed } = sessions(25);
  const resync = new Resync(systemClock, 200);
  resync.add(all);
  resync.add(all);
  await vi.advanceTimersByTimeAsync(100);
  expect(closed).toHaveLength(10);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(closed).toEqual(all.map((_, n) => n));
});

test("one that has gone meanwhile takes no place, and a gateway that stops sends nobody away", async () => {
  const { all, closed } = sessions(3);
  const resync = new Resync(systemClock, 20);
  for (const gone of all.slice(0, 2)) gone.ended = true;
  resync.add(all);
  await vi.advanceTimersByTimeAsync(100);
  expect(closed).toEqual([2]);
  all.push(...sessions(1).all);
  resync.add(all.slice(3));
  resync.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(vi.getTimerCount()).toBe(0);
});

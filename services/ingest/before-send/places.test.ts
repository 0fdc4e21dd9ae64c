import { expect, test, vi } from "vitest";
import { limits } from "#shared/limits.ts";
import { Places } from "./places.ts";

const { hookCallsInFlightMax: inFlight, hookCallsWaitingMax: waiting } = limits;
const takeAll = (places: Places, tenantId: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => places.take(tenantId, 1_000)));

test("so many calls of a tenant are under way, so many wait for theirs in turn, and the next goes without", async () => {
  const places = new Places();
  expect(new Set(await takeAll(places, "acme", inFlight))).toEqual(new Set([true]));
  const order: number[] = [];
  const waits = Array.from({ length: waiting }, async (_, i) => {
    if (await places.take("acme", 60_000)) order.push(i);
  });
  expect(await places.take("acme", 60_000)).toBe(false);
  expect(await places.take("other", 0)).toBe(true);
  for (let i = 0; i < waiting; i++) places.give("acme");
  await Promise.all(waits);
  expect(order).toEqual(waits.map((_, i) => i));
  for (let i = 0; i < inFlight; i++) places.give("acme");
  expect(new Set(await takeAll(places, "acme", inFlight))).toEqual(new Set([true]));
});

test("who waits for longer than it may goes without, and its turn is another's", async () => {
  vi.useFakeTimers();
  try {
    const places = new Places();
    await takeAll(places, "acme", inFlight);
    const [short, long] = [places.take("acme", 100), places.take("acme", 1_000)];
    await vi.advanceTimersByTimeAsync(100);
    expect(await short).toBe(false);
    places.give("acme");
    expect(await long).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

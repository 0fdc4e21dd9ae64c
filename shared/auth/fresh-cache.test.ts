import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { FreshCache } from "./fresh-cache.ts";

/** A cache in which only true is kept, and loads that end when the test says so. */
function controlled() {
  const loads: PromiseWithResolvers<boolean>[] = [];
  const cache = new FreshCache<boolean>({ clock: { nowMs: () => 0 }, keep: (allowed) => allowed });
  const ask = () =>
    cache.get("k", () => {
      const load = Promise.withResolvers<boolean>();
      loads.push(load);
      return load.promise;
    });
  return { loads, ask };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a refusal never comes from a load that began before the call, and those who waited share the next", async () => {
  const { loads, ask } = controlled();
  const before = ask();
  // What is asked about is written here: the load that is under way has missed it.
  const after = Array.from({ length: 10 }, ask);
  expect(loads).toHaveLength(1);
  loads[0]?.resolve(false);
  expect(await before).toBe(false);
  await settled();
  expect(loads).toHaveLength(2);
  loads[1]?.resolve(true);
  expect(await Promise.all(after)).toEqual(after.map(() => true));
  expect(await ask()).toBe(true);
  expect(loads).toHaveLength(2);
});

test("who asks while the next load runs is refused by the one after alone", async () => {
  const { loads, ask } = controlled();
  const first = ask();
  const second = ask();
  loads[0]?.resolve(false);
  await first;
  await settled();
  const third = ask();
  loads[1]?.resolve(false);
  expect(await second).toBe(false);
  await settled();
  loads[2]?.resolve(true);
  expect(await third).toBe(true);
  expect(loads).toHaveLength(3);
});

test("what is allowed is shared by all who ask while it is loaded", async () => {
  const { loads, ask } = controlled();
  const all = Array.from({ length: 10 }, ask);
  loads[0]?.resolve(true);
  expect(await Promise.all(all)).toEqual(all.map(() => true));
  expect(loads).toHaveLength(1);
});

test("a look takes what was known last, however old, and has it loaded anew without a wait, once at a time", async () => {
  let nowMs = 0;
  const loads: PromiseWithResolvers<number>[] = [];
  const cache = new FreshCache<number>({ clock: { nowMs: () => nowMs }, keep: () => true });
  const look = () =>
    cache.peek("k", () => {
      const load = Promise.withResolvers<number>();
      loads.push(load);
      return load.promise;
    });
  expect([look(), look(), loads.length]).toEqual([undefined, undefined, 1]);
  loads[0]?.resolve(1);
  await settled();
  expect([look(), loads.length]).toEqual([1, 1]);
  nowMs = 3_600_000;
  expect([look(), look(), loads.length]).toEqual([1, 1, 2]);
  loads[1]?.reject(new Error("the store is away"));
  await settled();
  expect([look(), loads.length]).toEqual([1, 3]);
});

test("while a load hangs, who comes later does not wait for it again", async () => {
  let nowMs = 0;
  const cache = new FreshCache<number>({ clock: { nowMs: () => nowMs }, keep: () => true });
  expect(await cache.getOrLast("a", async () => 1, 1)).toBe(1);
  nowMs += limits.authorityCacheMs;
  const hanging = () => new Promise<number>(() => {});
  expect(await cache.getOrLast("a", hanging, 1)).toBe(1);
  nowMs += 3_600_000;
  // So long a wait would end the test.
  expect(await cache.getOrLast("a", hanging, 3_600_000)).toBe(1);
});

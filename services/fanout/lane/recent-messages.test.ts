import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { RecentMessages } from "./recent-messages.ts";

const max = limits.recentMessageIdsMax;

test("the newest are recognised, however many came before, and no older ones", () => {
  const recent = new RecentMessages([{ messageId: "m-2" }, { messageId: "m-1" }]);
  for (let n = 0; n < 2 * max + 3; n++) {
    expect(recent.has(`m${n}`)).toBe(false);
    recent.add(`m${n}`, n, 10 * n);
    expect(recent.has(`m${n}`)).toBe(true);
    expect(recent.size).toBe(Math.min(n + 3, max));
  }
  expect(recent.has("m-1")).toBe(false);
  expect(recent.has(`m${max + 2}`)).toBe(false);
  expect(recent.has(`m${max + 3}`)).toBe(true);
});

test("of those that were added it is known what the room counted then; of those from the store it is not", () => {
  const recent = new RecentMessages([{ messageId: "m-2" }, { messageId: "m-1" }]);
  expect(recent.countableAt(2)).toBeUndefined();
  for (let n = 3; n < max + 10; n++) recent.add(`m${n}`, n, 10 * n);
  expect(recent.countableAt(max + 10)).toBeUndefined();
  expect(recent.countableAt(max + 9)).toBe(10 * max + 90);
  expect(recent.countableAt(10)).toBe(100);
  expect(recent.countableAt(9)).toBeUndefined();
  expect(recent.countableAt(1)).toBeUndefined();
});

test("one that was removed is new when it comes again, and then stays as long as the others", () => {
  const recent = new RecentMessages([]);
  recent.add("again", 1, 1);
  recent.remove("again");
  expect(recent.has("again")).toBe(false);
  recent.add("again", 2, 2);
  for (let n = 3; n < max + 2; n++) recent.add(`m${n}`, n, n);
  expect(recent.has("again")).toBe(true);
  recent.add("last", max + 2, 0);
  expect(recent.has("again")).toBe(false);
});

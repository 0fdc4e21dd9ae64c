import { expect, test } from "vitest";
import { mapBounded } from "./bounded.ts";

test("results are in the order of the items, and only so many are under way", async () => {
  let open = 0;
  let most = 0;
  const results = await mapBounded([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, ++open);
    for (let turn = 0; turn < item; turn++) await Promise.resolve();
    open--;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test("after a failure nothing further begins, and it rejects when the others have ended", async () => {
  const begun: number[] = [];
  let ended = false;
  const mapping = mapBounded([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 0) throw new Error("failed");
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    ended = true;
  });
  await expect(mapping).rejects.toThrow("failed");
  expect(begun).toEqual([0, 1]);
  expect(ended).toBe(true);
});

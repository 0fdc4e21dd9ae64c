import { expect, test } from "vitest";
import { Upkeep } from "./upkeep.ts";

test("what changes while it works is worked on once more, one after the other", async () => {
  let works = 0;
  let under = 0;
  const upkeep = new Upkeep(async () => {
    expect(++under).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    under--;
    works++;
  });
  upkeep.due();
  upkeep.due();
  upkeep.due();
  await upkeep.done();
  expect(works).toBe(2);
});

test("whoever waits for work that failed is told, and the next is done all the same", async () => {
  let works = 0;
  const upkeep = new Upkeep(async () => {
    if (++works === 1) throw new Error("the disk is full");
  });
  upkeep.due();
  await expect(upkeep.done()).rejects.toThrow("the disk is full");
  upkeep.due();
  await upkeep.done();
  expect(works).toBe(2);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { Machine } from "./machine.ts";
import { Random } from "./random.ts";
import { SimulatedTime } from "./time.ts";

test("what is due comes in the order of time, and what was cancelled does not", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ ms: fc.nat(50), cancelled: fc.boolean() })), async (tasks) => {
      const time = new SimulatedTime(new Random(1));
      const came: number[] = [];
      for (const { ms, cancelled } of tasks) {
        const cancel = time.after(ms, () => came.push(ms));
        if (cancelled) cancel();
      }
      await time.pass(100);
      const due = tasks.filter(({ cancelled }) => !cancelled).map(({ ms }) => ms);
      expect(came).toEqual(due.toSorted((a, b) => a - b));
    }),
  );
});

test("promises go on as far as they can before time passes", async () => {
  const time = new SimulatedTime(new Random(1));
  const seen: string[] = [];
  time.after(1, async () => {
    for (let n = 0; n < 100; n++) await null;
    seen.push("first");
  });
  time.after(2, () => seen.push("second"));
  await time.pass(10);
  expect(seen).toEqual(["first", "second"]);
});

test("a machine that stands still gets everything afterwards, in order; one that has died gets nothing", async () => {
  const time = new SimulatedTime(new Random(1));
  const machine = new Machine(time, "m", 0);
  const seen: number[] = [];
  for (const ms of [5, 15, 16, 17, 40]) machine.after(ms, () => seen.push(ms));
  machine.after(50, () => machine.crash());
  machine.after(51, () => seen.push(51));
  await time.pass(10);
  machine.pause(20);
  await time.pass(15);
  expect(seen).toEqual([5]);
  await time.pass(100);
  expect(seen).toEqual([5, 15, 16, 17, 40]);
});

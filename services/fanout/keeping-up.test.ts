import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { mustKeepUp } from "./keeping-up.ts";

const past = limits.readyDelayMsMax / 1_000 + 1;
const delay = { topic: "commands", partition: 3, seconds: past, error: null };

test("a node that has just been given something to do is ready", () => {
  mustKeepUp([]);
  mustKeepUp([{ ...delay, seconds: 1 }]);
});

test("a node with a partition that fails again and again is not ready, and says which and why", () => {
  const failing = { ...delay, partition: 5, seconds: past + 1, error: new Error("the disk is full") };
  expect(() => mustKeepUp([delay, failing])).toThrow(/Partition 5 of commands .* 17 s: the disk is full/);
});

test("a node with a partition that lags is not ready", () => {
  expect(() => mustKeepUp([{ ...delay, seconds: 1 }, delay])).toThrow(/Partition 3 of commands .* behind/);
});

test("a node that its group does not confirm is not ready", () => {
  expect(() => mustKeepUp([{ ...delay, partition: null, error: new Error("not confirmed") }])).toThrow(
    /^commands .* not confirmed/,
  );
});

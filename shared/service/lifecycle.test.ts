import { expect, test } from "vitest";
import { composeServices, type Service } from "./lifecycle.ts";

function recording(name: string, calls: string[], failing?: keyof Service): Service {
  const step = (what: keyof Service) => async () => {
    calls.push(`${what} ${name}`);
    if (what === failing) throw new Error(`${name} cannot ${what}`);
  };
  return { name, start: step("start"), drain: step("drain"), stop: step("stop"), ready: step("ready") };
}

test("what others stand on starts first and ends last", async () => {
  const calls: string[] = [];
  const all = composeServices("all", [recording("a", calls), recording("b", calls)]);
  await all.start();
  await all.drain();
  await all.stop();
  expect(calls).toEqual(["start a", "start b", "drain b", "drain a", "stop b", "stop a"]);
});

test("after a start that failed only what was begun is stopped", async () => {
  const calls: string[] = [];
  const services = [recording("a", calls), recording("b", calls, "start"), recording("c", calls)];
  const all = composeServices("all", services);
  await expect(all.start()).rejects.toThrow("b cannot start");
  await all.stop();
  expect(calls).toEqual(["start a", "start b", "stop b", "stop a"]);
});

test("one that does not stop does not keep the others from it", async () => {
  const calls: string[] = [];
  const all = composeServices("all", [recording("a", calls), recording("b", calls, "stop")]);
  await all.start();
  await expect(all.stop()).rejects.toThrow("all did not stop cleanly");
  expect(calls).toContain("stop a");
});

test("the whole is ready when each part is, and says which is not", async () => {
  const all = composeServices("all", [recording("a", []), recording("b", [], "ready")]);
  await expect(all.ready()).rejects.toThrow("b cannot ready");
});

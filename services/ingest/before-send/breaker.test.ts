import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { Breaker } from "./breaker.ts";

const { hookFailuresMax, hookRestMsMin, hookRestMsMax, hookMsMax } = limits;

function failing(times: number, atMs = 0): Breaker {
  const breaker = new Breaker();
  for (let i = 0; i < times; i++) breaker.failed("acme", atMs);
  return breaker;
}

test("a server that failed so often in a row rests, another's does not, and one that succeeds is whole again", () => {
  expect(failing(hookFailuresMax - 1).restsMs("acme", 0)).toBe(0);
  const breaker = failing(hookFailuresMax);
  expect(breaker.restsMs("acme", 0)).toBe(hookRestMsMin);
  expect(breaker.restsMs("other", 0)).toBe(0);
  breaker.succeeded("acme");
  expect(breaker.restsMs("acme", 0)).toBe(0);
  breaker.failed("acme", 0);
  expect(breaker.restsMs("acme", 0)).toBe(0);
});

test("when the rest is over one tries, and the others go on without until that is known; then it rests for longer", () => {
  const breaker = failing(hookFailuresMax);
  expect(breaker.restsMs("acme", hookRestMsMin)).toBe(0);
  expect(breaker.restsMs("acme", hookRestMsMin)).toBe(hookMsMax);
  let nowMs: number = hookRestMsMin;
  let lastMs: number = hookRestMsMin;
  for (let i = 0; i < 20; i++) {
    breaker.failed("acme", nowMs);
    const restMs = breaker.restsMs("acme", nowMs);
    expect(restMs).toBe(Math.min(lastMs * 2, hookRestMsMax));
    [lastMs, nowMs] = [restMs, nowMs + restMs];
  }
});

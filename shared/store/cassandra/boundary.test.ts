import { expect, test } from "vitest";
import { AppError } from "#shared/errors/app-error.ts";
import { boundary } from "./boundary.ts";

const never = () => new Promise<never>(() => undefined);

test("a call that never ends is unavailable after its time", async () => {
  await expect(boundary(undefined, "op", 10, never)).rejects.toMatchObject({ code: "store_unavailable" });
});

test("a call that ends in time gives its result, and its clock stops", async () => {
  await expect(boundary(undefined, "op", 600_000, async () => 7)).resolves.toBe(7);
});

test("what a socket threw is unavailable, with the cause; what we did wrong is told as it is", async () => {
  const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  const fail = (error: unknown) => boundary(undefined, "op", 1_000, () => Promise.reject(error));
  await expect(fail(refused)).rejects.toMatchObject({ code: "store_unavailable", cause: refused });
  const ours = new TypeError("not a function");
  await expect(fail(ours)).rejects.toBe(ours);
  const overloaded = new AppError("overloaded");
  await expect(fail(overloaded)).rejects.toBe(overloaded);
});

test("the observer is told of the failure, and how long it took", async () => {
  const calls: [string, boolean][] = [];
  const observer = { called: (operation: string, _: number, ok: boolean) => calls.push([operation, ok]) };
  await boundary(observer, "slow", 10, never).catch(() => undefined);
  await boundary(observer, "quick", 1_000, async () => undefined);
  expect(calls).toEqual([
    ["slow", false],
    ["quick", true],
  ]);
});

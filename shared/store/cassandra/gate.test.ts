import { expect, test } from "vitest";
import { Gate } from "./gate.ts";

test("no more pass at once than may, the others in the order they came", async () => {
  const gate = new Gate({ openMax: 3, waitingMax: 5_000 });
  const begun: number[] = [];
  let open = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 5_000 }, (_, index) =>
      gate.pass(async () => {
        begun.push(index);
        most = Math.max(most, ++open);
        await Promise.resolve();
        open--;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(begun).toEqual([...begun.keys()]);
});

test("past its bound the queue refuses as overloaded, and takes again when there is room", async () => {
  const gate = new Gate({ openMax: 1, waitingMax: 1 });
  const first = Promise.withResolvers<void>();
  const passing = gate.pass(() => first.promise);
  const waiting = gate.pass(async () => "waited");
  await expect(gate.pass(async () => "refused")).rejects.toMatchObject({ code: "overloaded" });
  first.resolve();
  await passing;
  expect(await waiting).toBe("waited");
  expect(await gate.pass(async () => "taken")).toBe("taken");
});

test("who fails leaves its place to the next", async () => {
  const gate = new Gate({ openMax: 1, waitingMax: 1 });
  const failing = gate.pass(() => Promise.reject(new Error("failed")));
  const next = gate.pass(async () => "next");
  await expect(failing).rejects.toThrow("failed");
  expect(await next).toBe("next");
});

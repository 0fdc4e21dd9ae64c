import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Intent, IntentResult } from "#shared/protocol/intents.ts";
import { createLanedSink } from "./lanes.ts";

const send = (roomId: string, clientId: string): Intent => ({
  tenantId: "acme",
  userId: "u",
  frame: { type: "message.send", roomId, clientId, body: "hi" },
  vouched: true,
});
const clientIdOf = ({ frame }: Intent) => (frame.type === "message.send" ? frame.clientId : "");
const ok: IntentResult = { ok: true };

test("a room's intents are delivered in order, one delivery at a time, what waits together", async () => {
  const delivered: string[][] = [];
  let underWay = 0;
  const sink = createLanedSink({
    lanes: 4,
    deliver: async (intents) => {
      expect(++underWay).toBe(1);
      delivered.push(intents.map(clientIdOf));
      await sleep(5);
      underWay--;
      return intents.map(() => ok);
    },
  });
  const ids = Array.from({ length: 20 }, (_, i) => String(i));
  await Promise.all(ids.map((id) => sink.submit([send("r", id)])));
  expect(delivered.flat()).toEqual(ids);
  expect(delivered.length).toBe(2);
});

test("each intent gets its own answer, whatever lanes they went by", async () => {
  const sink = createLanedSink({
    lanes: 8,
    deliver: async (intents) => {
      await sleep(Math.random() * 5);
      return intents.map((intent) => ({ ok: false, code: "read_only", message: clientIdOf(intent) }));
    },
  });
  const intents = Array.from({ length: 100 }, (_, i) => send(`room_${i % 13}`, String(i)));
  const results = await sink.submit(intents);
  expect(results.map((result) => (result.ok ? "" : result.message))).toEqual(intents.map(clientIdOf));
});

test("a delivery that fails is the answer to its own intents and to no others", async () => {
  const sink = createLanedSink({
    lanes: 1,
    deliver: async (intents) => {
      if (intents.some((intent) => clientIdOf(intent) === "bad")) throw new AppError("log_unavailable");
      return intents.map(() => ok);
    },
  });
  const bad = await sink.submit([send("r", "bad")]);
  expect(bad).toMatchObject([{ ok: false, code: "log_unavailable" }]);
  expect(await sink.submit([send("r", "good")])).toEqual([ok]);
});

test("nobody waits for more than one delivery that finds the log away, and who comes after it is tried anew", async () => {
  const release = Promise.withResolvers<void>();
  let deliveries = 0;
  const sink = createLanedSink({
    lanes: 1,
    deliver: async (intents) => {
      deliveries += 1;
      if (deliveries > 1) return intents.map(() => ok);
      await release.promise;
      throw new AppError("log_unavailable");
    },
  });
  const first = sink.submit([send("r", "1")]);
  const behind = Array.from({ length: 2 * limits.commandBatchMax }, (_, i) => send("r", `behind ${i}`));
  const waiting = sink.submit(behind);
  release.resolve();
  for (const result of [...(await first), ...(await waiting)]) {
    expect(result).toMatchObject({ ok: false, code: "log_unavailable" });
  }
  expect(deliveries).toBe(1);
  expect(await sink.submit([send("r", "later")])).toEqual([ok]);
  await sink.drain();
});

test("a batch is no larger than ingest takes, and the queue has an end", async () => {
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const sizes: number[] = [];
  const sink = createLanedSink({
    lanes: 1,
    deliver: async (intents) => {
      sizes.push(intents.length);
      await release;
      return intents.map(() => ok);
    },
  });
  const many = Array.from({ length: limits.intentQueueMax }, (_, i) => send("r", String(i)));
  const taken = sink.submit(many);
  await expect(sink.submit([send("r", "one more")])).rejects.toMatchObject({ code: "overloaded" });
  resolve();
  expect(await taken).toHaveLength(many.length);
  expect(Math.max(...sizes)).toBe(limits.commandBatchMax);
  expect(await sink.submit([send("r", "room again")])).toEqual([ok]);
});

test("a drain answers what was taken and takes nothing more", async () => {
  const sink = createLanedSink({
    lanes: 2,
    deliver: async (intents) => {
      await sleep(20);
      return intents.map(() => ok);
    },
  });
  const taken = sink.submit([send("a", "1"), send("b", "2")]);
  const drained = sink.drain();
  await expect(sink.submit([send("a", "3")])).rejects.toMatchObject({ code: "draining" });
  await drained;
  expect(await taken).toEqual([ok, ok]);
  await sink.drain();
});

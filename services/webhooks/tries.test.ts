import { beforeEach, expect, test } from "vitest";
import { type DeliveryProgress, freshProgress, type KeptDelivery } from "#shared/store/webhook-deliveries.ts";
import { MemoryWebhooks } from "#test/sim/engines/memory-webhooks.ts";
import { batchOf } from "./partition/batching.ts";
import { begunAnew, rowOf } from "./partition/rows.ts";
import { deliveryOf, tenantId, triesOver } from "./testing/deliveries.ts";
import type { Tries } from "./tries.ts";

const delivery = (seq: number): KeptDelivery => ({ ...deliveryOf(seq), progress: freshProgress });

let store: MemoryWebhooks;
let statuses: number[];
let calls: string[][];
let tries: Tries;

beforeEach(() => {
  store = new MemoryWebhooks();
  ({ tries, calls, statuses } = triesOver(store, { scheduleMs: [0, 1_000] }));
});

/** A batch of two that nobody has called with, and its parts as another owner left them. */
async function batchOfTwo(left: Partial<DeliveryProgress>): Promise<KeptDelivery> {
  const parts = [delivery(1), delivery(2)];
  const batch = batchOf(parts, Date.now());
  await store.addDeliveries([...parts, batch].map(rowOf));
  const own = { ...freshProgress, batchId: batch.deliveryId };
  const progresses = [
    { ...own, ...left },
    { ...own, batchId: batch.deliveryId },
  ];
  await store.setProgress(parts.map((part, at) => ({ ...part, progress: progresses[at] ?? own })));
  return batch;
}

/** Tries it, and keeps what became of it, until it is over. */
async function tryAll(batch: KeptDelivery): Promise<void> {
  for (let row = batch; ; ) {
    const { progress, parts, nextMs } = await tries.once(row, ({ body }) => body);
    await store.setProgress([...parts, { ...row, progress: progress ?? row.progress }]);
    if (nextMs === null) return;
    // As it is in memory, where a line keeps it.
    row = { ...row, progress: progress ?? row.progress };
  }
}

const statusesOf = async (...ids: string[]) =>
  (await store.getDeliveries(ids.map((deliveryId) => ({ tenantId, deliveryId })))).map(
    (row) => row?.progress.status,
  );

test("an event that names a batch that was never made goes by the one that has it", async () => {
  const batch = await batchOfTwo({ batchId: "dlv_gone" });
  await tryAll(batch);
  expect(calls).toEqual([["evt_1", "evt_2"]]);
  expect(await statusesOf("dlv_1", "dlv_2", batch.deliveryId)).toEqual(Array(3).fill("succeeded"));
});

test("an event that another batch has, which nobody has called with either, goes by both", async () => {
  const other = batchOf([delivery(1)], Date.now() + 1);
  await store.addDeliveries([rowOf(other)]);
  await tryAll(await batchOfTwo({ batchId: other.deliveryId }));
  expect(calls).toEqual([["evt_1", "evt_2"]]);
});

test.each([
  ["has gone by another", { batchId: "dlv_other", status: "succeeded" as const }],
  ["goes by another that was called with", { batchId: "dlv_other" }],
])("an event that %s is left out, of the second call too", async (_, left) => {
  const other = { ...batchOf([delivery(1)], Date.now() + 1), deliveryId: "dlv_other" };
  await store.addDeliveries([rowOf(other)]);
  await store.setProgress([{ ...other, progress: { ...freshProgress, status: "failed", attemptCount: 1 } }]);
  statuses.push(500);
  const batch = await batchOfTwo(left);
  await tryAll(batch);
  expect(calls).toEqual([["evt_2"], ["evt_2"]]);
  expect(await statusesOf("dlv_2", batch.deliveryId)).toEqual(["succeeded", "succeeded"]);
});

test("a batch that was given up before anybody was called, and is asked for again, is sent whole", async () => {
  const batch = await batchOfTwo({});
  const givenUp = [delivery(1), delivery(2), batch].map((row) => ({
    ...row,
    progress: { ...freshProgress, status: "exhausted" as const, batchId: batch.deliveryId },
  }));
  await store.setProgress(givenUp);
  await tryAll(begunAnew(batch));
  expect(calls).toEqual([["evt_1", "evt_2"]]);
});

test("a batch of which everything has gone by another is over without a call", async () => {
  const batch = await batchOfTwo({});
  const over = [delivery(1), delivery(2)].map((part) => ({
    ...part,
    progress: { ...freshProgress, status: "succeeded" as const, batchId: "dlv_other" },
  }));
  await store.setProgress(over);
  await tryAll(batch);
  expect([calls, await statusesOf(batch.deliveryId)]).toEqual([[], ["succeeded"]]);
});

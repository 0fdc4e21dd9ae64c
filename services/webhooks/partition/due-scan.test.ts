import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { DueRow } from "#shared/store/webhook-deliveries.ts";
import { MemoryWebhooks } from "#test/sim/engines/memory-webhooks.ts";
import { DueScan } from "./due-scan.ts";

const partition = 3;

/** A scan on time that passes by hand, a tick after the other. */
async function scanning() {
  let nowMs = Date.parse("2026-03-14T09:00:00.000Z");
  let wake: (() => void) | null = null;
  const store = new MemoryWebhooks();
  let reads = 0;
  const readDue = store.readDue.bind(store);
  store.readDue = async (...args) => {
    reads += 1;
    return readDue(...args);
  };
  const clock = {
    nowMs: () => nowMs,
    after: (_ms: number, fn: () => void) => {
      wake = fn;
      return () => {};
    },
    every: () => () => {},
  };
  const handled: string[] = [];
  const scan = new DueScan({ store, clock }, partition, {
    handle: async (rows) => {
      handled.push(...rows.map(({ deliveryId }) => deliveryId));
      await store.changeDue(partition, { remove: rows });
    },
    oldestMs: () => Number.POSITIVE_INFINITY,
  });
  const tick = async () => {
    wake?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  await scan.start();
  await tick();
  return {
    handled,
    reads: () => reads,
    rowIn: (ms: number, deliveryId: string): DueRow => ({
      tenantId: "acme",
      endpointId: "whe_a",
      deliveryId,
      dueMs: nowMs + ms,
    }),
    add: (row: DueRow) => store.changeDue(partition, { add: [row] }),
    notice: (row: DueRow) => scan.notice(row),
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += limits.webhookScanMs) {
        nowMs += limits.webhookScanMs;
        await tick();
      }
    },
  };
}

test("what its owner adds is handled when it is time, and a time without anything due costs no reading", async () => {
  const { add, notice, pass, reads, rowIn, handled } = await scanning();
  const before = reads();
  await pass(limits.webhookScanAheadMs - 1_000);
  expect(reads()).toBe(before);
  const row = rowIn(600, "dlv_a");
  await add(row);
  notice(row);
  await pass(500);
  expect(handled).toEqual([]);
  await pass(250);
  expect(handled).toEqual(["dlv_a"]);
});

test("what the owner before writes after the partition was taken over is found, without a word of it", async () => {
  const { add, pass, rowIn, handled } = await scanning();
  await pass(1_000);
  await add(rowIn(200, "dlv_soon"));
  await pass(3_000);
  await add(rowIn(200, "dlv_later"));
  await pass(limits.webhookScanAheadMs);
  expect(handled).toEqual(["dlv_soon", "dlv_later"]);
});

test("what was written slowly, when it was due already, is found as well", async () => {
  const { add, pass, rowIn, handled } = await scanning();
  await pass(limits.webhookScanAheadMs);
  await add(rowIn(-1_500, "dlv_late"));
  await pass(2 * limits.webhookScanAheadMs);
  expect(handled).toEqual(["dlv_late"]);
});

import { expect, test } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import { freshProgress, type WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";
import { MemoryWebhooks } from "#test/sim/engines/memory-webhooks.ts";
import { Lines } from "../endpoint/lines.ts";
import { type OwnerDeps, PartitionOwner } from "./owner.ts";

const partition = 3;
const delivery: WebhookDeliveryRow = {
  tenantId: "acme",
  deliveryId: "dlv_a",
  endpointId: "whe_a",
  eventId: "evt_a",
  eventType: "message.created",
  roomId: "r",
  seq: 1,
  partition,
  createdAt: "2026-03-14T09:00:00.000Z",
  body: "{}",
  previousId: null,
};

test("a try that comes due while it is still being written stays due in the store", async () => {
  const store = new MemoryWebhooks();
  const due = { ...delivery, dueMs: Date.now() + 50 };
  await store.addDeliveries([delivery], { partition, rows: [due] });
  let write = (): void => {};
  const written = new Promise<void>((resolve) => {
    write = resolve;
  });
  const setProgress = store.setProgress.bind(store);
  store.setProgress = async (changes) => {
    await written;
    await setProgress(changes);
  };
  const nextMs = due.dueMs + 2 * limits.webhookScanMs;
  let tries = 0;
  const deps = {
    store,
    clock: systemClock,
    lines: new Lines(systemClock),
    tries: {
      once: async () => {
        tries += 1;
        const call = { ok: tries > 1, latencyMs: 1, pauseMs: 0 };
        if (tries > 1) return { progress: { ...freshProgress, status: "succeeded" }, nextMs: null, call };
        return { progress: { ...freshProgress, status: "failed" }, nextMs, call };
      },
    },
    directory: { find: async () => null },
    jobs: { topic: "jobs" },
  };
  const owner = new PartitionOwner(deps as unknown as OwnerDeps, partition);
  const dueMs = async () => {
    const page = { after: { dueMs: 0, deliveryId: "" }, untilMs: nextMs, limit: 9 };
    return (await store.readDue(partition, page)).rows.map((row) => row.dueMs);
  };
  // Why the store is read when the try has come due: this one does then as well.
  const other = { ...due, deliveryId: "dlv_b", dueMs: nextMs + 1 };
  await store.changeDue(partition, { add: [other] });
  const handled: number[] = [];
  const getDeliveries = store.getDeliveries.bind(store);
  store.getDeliveries = async (keys) => {
    if (keys.some(({ deliveryId }) => deliveryId === other.deliveryId)) handled.push(Date.now());
    return getDeliveries(keys);
  };
  await owner.caughtUp();
  await expect.poll(() => handled.length, { timeout: 5_000 }).toBe(1);
  expect(await dueMs()).toContain(nextMs);
  write();
  await expect.poll(() => tries).toBe(2);
  await expect.poll(dueMs).toEqual([]);
  owner.revoked();
});

test("what two readings come to at the same time is tried once", async () => {
  const store = new MemoryWebhooks();
  const due = { ...delivery, dueMs: Date.now() + 50 };
  const other = { ...due, deliveryId: "dlv_b", dueMs: due.dueMs + 1_500 };
  await store.addDeliveries([delivery], { partition, rows: [due, other] });
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let [tries, asked] = [0, 0];
  const deps = {
    store,
    clock: systemClock,
    lines: new Lines(systemClock),
    // Both readings wait for it: the one that hears of the second try, and the one that the other row is due for.
    directory: {
      find: async () => {
        asked += 1;
        if (asked > 1) await opened;
        return null;
      },
    },
    tries: {
      once: async () => {
        tries += 1;
        const call = { ok: tries > 1, latencyMs: 1, pauseMs: 0 };
        if (tries > 1) return { progress: { ...freshProgress, status: "succeeded" }, nextMs: null, call };
        return { progress: { ...freshProgress, status: "failed" }, nextMs: due.dueMs + 1, call };
      },
    },
    jobs: { topic: "jobs" },
  };
  const owner = new PartitionOwner(deps as unknown as OwnerDeps, partition);
  await owner.caughtUp();
  await expect.poll(() => asked, { timeout: 5_000 }).toBe(3);
  open();
  const page = { after: { dueMs: 0, deliveryId: "" }, untilMs: other.dueMs, limit: 9 };
  await expect.poll(async () => (await store.readDue(partition, page)).rows, { timeout: 5_000 }).toEqual([]);
  expect(tries).toBe(2);
  owner.revoked();
});

import { expect, test } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { Batch } from "#shared/log/log.ts";
import { freshProgress, type KeptDelivery } from "#shared/store/webhook-deliveries.ts";
import { MemoryWebhooks } from "#test/sim/engines/memory-webhooks.ts";
import { idsIn, isBatch } from "../batch-body.ts";
import { Lines } from "../endpoint/lines.ts";
import { deliveryOf, partition } from "../testing/deliveries.ts";
import { type OwnerDeps, PartitionOwner } from "./owner.ts";

const delivery = deliveryOf(1, { deliveryId: "dlv_a", body: "{}" });

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

test("a delivery of which the store does not say whether its batch is there takes no place from others", async () => {
  const store = new MemoryWebhooks();
  const due = { ...delivery, dueMs: Date.now() + 50 };
  await store.addDeliveries([delivery], { partition, rows: [due] });
  await store.setProgress([{ ...delivery, progress: { ...freshProgress, batchId: "dlv_batch" } }]);
  const getDeliveries = store.getDeliveries.bind(store);
  let failures = 0;
  store.getDeliveries = async (keys) => {
    if (!keys.some(({ deliveryId }) => deliveryId === "dlv_batch")) return getDeliveries(keys);
    failures += 1;
    throw new Error("the store is away");
  };
  const lines = new Lines(systemClock);
  const deps = { store, clock: systemClock, lines, directory: { find: async () => null } };
  const owner = new PartitionOwner({ ...deps, jobs: { topic: "jobs" } } as unknown as OwnerDeps, partition);
  await owner.caughtUp();
  await expect.poll(() => failures, { timeout: 5_000 }).toBeGreaterThan(0);
  owner.revoked();
  const placesIn = (all: Lines) => {
    const line = all.of(delivery.tenantId, delivery.endpointId);
    let places = 0;
    while (line.admit()) places++;
    return places;
  };
  expect(placesIn(lines)).toBe(placesIn(new Lines(systemClock)));
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

test.each([
  ["alone", null],
  ["with others", { maxEvents: 9, maxWaitMs: 1 }],
])(
  "one to be sent %s that is read as due before all of its batch is written is tried once",
  async (_, batch) => {
    const store = new MemoryWebhooks();
    let write = (): void => {};
    const written = new Promise<void>((resolve) => {
      write = resolve;
    });
    const add = store.addDeliveries.bind(store);
    let asked = 0;
    store.addDeliveries = async (...args) => {
      await add(...args);
      await written;
    };
    const getDeliveries = store.getDeliveries.bind(store);
    store.getDeliveries = async (keys) => {
      if (keys.some(({ deliveryId }) => deliveryId === other.deliveryId)) asked += 1;
      return getDeliveries(keys);
    };
    const [tenantId, endpointId] = ["acme", `whe_${"a".repeat(22)}`];
    const endpoint = { tenantId, endpointId, concurrency: 9, disabled: null, batch };
    const told: string[] = [];
    const deps = {
      store,
      clock: systemClock,
      lines: new Lines(systemClock),
      directory: { find: async () => endpoint },
      metrics: { firstAttemptSeconds: { observe: () => {} } },
      deadLetters: { add: async () => {} },
      tries: {
        once: async (one: KeptDelivery) => {
          told.push(...(isBatch(one) ? idsIn(one) : [one.deliveryId]));
          const call = { ok: true, latencyMs: 1, pauseMs: 0 };
          return { progress: { ...freshProgress, status: "succeeded" }, parts: [], nextMs: null, call };
        },
      },
      jobs: { topic: "jobs" },
    };
    const owner = new PartitionOwner(deps as unknown as OwnerDeps, partition);
    const deliveryId = `dlv_${"0".repeat(29)}`;
    // Why the store is read while it is being written: this one is due, and over.
    const other = { tenantId, endpointId, deliveryId: "dlv_b", dueMs: Date.now() + 700 };
    await store.changeDue(partition, { add: [other] });
    await owner.caughtUp();
    const job = { v: 1, type: "test", tenantId, endpointId, deliveryId, at: delivery.createdAt };
    const records = [{ value: JSON.stringify(job) }];
    const processed = owner.process({ topic: "jobs", partition, records } as unknown as Batch);
    await expect.poll(() => asked, { timeout: 5_000 }).toBeGreaterThan(0);
    write();
    await processed;
    const page = { after: { dueMs: 0, deliveryId: "" }, untilMs: Date.now() + 60_000, limit: 9 };
    await expect
      .poll(async () => (await store.readDue(partition, page)).rows, { timeout: 5_000 })
      .toEqual([]);
    expect(told).toEqual([deliveryId]);
    owner.revoked();
  },
);

import { expect, test } from "vitest";
import { systemClock } from "#shared/clock.ts";
import type { KeptDelivery } from "#shared/store/webhook-deliveries.ts";
import { freshProgress } from "#shared/store/webhook-deliveries.ts";
import type { KeptWebhookEndpoint } from "#shared/store/webhook-store.ts";
import { MemoryWebhooks } from "#test/sim/engines/memory-webhooks.ts";
import { idsIn, isBatch } from "../batch-body.ts";
import { Lines } from "../endpoint/lines.ts";
import { deliveryOf, endpointId, partition, tenantId } from "../testing/deliveries.ts";
import { Tries } from "../tries.ts";
import { type OwnerDeps, PartitionOwner } from "./owner.ts";

const endpoint = {
  tenantId,
  endpointId,
  ordered: true,
  batch: { maxEvents: 3, maxWaitMs: 50 },
  concurrency: 9,
  disabled: null,
} as KeptWebhookEndpoint;

/** The ids are in another order than the events. */
const delivery = (seq: number) => deliveryOf(seq, { deliveryId: `dlv_${String(9 - seq)}` });

type Step = "setProgress" | "addDeliveries" | "changeDue";

/** A node that finds three deliveries due, and what it sends; one that dies does nothing from a step on. */
async function nodeOn(store: MemoryWebhooks, diesAt: Step | null = null) {
  const sent: string[] = [];
  let dead = false;
  const die = (): Promise<void> => {
    dead = true;
    return new Promise(() => {});
  };
  const until =
    <Args extends unknown[]>(step: Step, work: (...args: Args) => Promise<void>) =>
    (...args: Args) =>
      dead || step === diesAt ? die() : work(...args);
  const through = {
    readDue: store.readDue.bind(store),
    readDueMark: store.readDueMark.bind(store),
    writeDueMark: store.writeDueMark.bind(store),
    getDeliveries: store.getDeliveries.bind(store),
    setProgress: until("setProgress", store.setProgress.bind(store)),
    addDeliveries: until("addDeliveries", store.addDeliveries.bind(store)),
    changeDue: until("changeDue", store.changeDue.bind(store)),
  };
  const deps = {
    store: through,
    clock: systemClock,
    lines: new Lines(systemClock),
    directory: { find: async () => endpoint },
    tries: {
      once: async (one: KeptDelivery) => {
        sent.push(isBatch(one) ? `${one.eventId} ${idsIn(one)}` : one.deliveryId);
        const progress = { ...freshProgress, status: "succeeded" };
        return { progress, parts: [], nextMs: null, call: { ok: true, latencyMs: 1, pauseMs: 0 } };
      },
    },
    jobs: { topic: "jobs" },
  };
  const owner = new PartitionOwner(deps as unknown as OwnerDeps, partition);
  await owner.caughtUp();
  return { sent, owner, isDead: () => dead };
}

test.each<[Step, string]>([
  ["setProgress", "before any of them names it"],
  ["addDeliveries", "before it is there"],
  ["changeDue", "when it is there, and they are due for themselves too"],
])("a node that dies at %s, %s: each is sent once, by one batch, in its order", async (step) => {
  const store = new MemoryWebhooks();
  const rows = [1, 2, 3].map(delivery);
  const dueMs = Date.now() + 50;
  const due = rows.map((row) => ({ ...row, dueMs }));
  await store.writeDueMark(partition, dueMs - 1);
  await store.addDeliveries(rows, { partition, rows: due });
  const first = await nodeOn(store, step);
  await expect.poll(first.isDead).toBe(true);
  first.owner.revoked();
  const second = await nodeOn(store);
  await expect.poll(() => second.sent.length, { timeout: 5_000 }).toBeGreaterThan(0);
  const page = { after: { dueMs: 0, deliveryId: "" }, untilMs: dueMs + 60_000, limit: 9 };
  await expect.poll(async () => (await store.readDue(partition, page)).rows, { timeout: 5_000 }).toEqual([]);
  expect(first.sent).toEqual([]);
  expect(second.sent).toEqual([expect.stringMatching(/^bat_\S+ dlv_8,dlv_7,dlv_6$/)]);
  second.owner.revoked();
});

test.each([
  [
    "a replay with what is new in between, so that two batches would wait for each other",
    [1, 2, 9, 3, 4, 5, 6, 7, 8],
  ],
  ["what is due in one millisecond, read the other way round", [9, 8, 7, 6, 5, 4, 3, 2, 1]],
  ["more than a batch holds, in their order", [1, 2, 3, 4, 5, 6, 7, 8, 9]],
])("a room's events go in their order, each once, where they come due as %s", async (_, order) => {
  const store = new MemoryWebhooks();
  const id = (seq: number) => `dlv_${order.indexOf(seq)}`;
  const rows = order.map((seq) => ({
    ...delivery(seq),
    deliveryId: id(seq),
    previousId: seq === 1 ? null : id(seq - 1),
  }));
  const dueMs = Date.now() + 50;
  await store.writeDueMark(partition, dueMs - 1);
  await store.addDeliveries(rows, { partition, rows: rows.map((row) => ({ ...row, dueMs })) });
  let isPutOff = false;
  const changeDue = store.changeDue.bind(store);
  store.changeDue = async (of, change) => {
    isPutOff ||= (change.add ?? []).some((due) => rows.some((row) => row.deliveryId === due.deliveryId));
    await changeDue(of, change);
  };
  const told: string[] = [];
  const nothing = { inc: () => {}, observe: () => {} };
  const directory = { find: async () => ({ ...endpoint, secrets: [] }) };
  const tries = new Tries({
    store,
    clock: systemClock,
    directory,
    health: { note: async () => {} },
    messages: { readMessage: async () => null },
    outbound: {
      post: async ({ body }: { body: string }) => {
        told.push(...JSON.parse(body).events.map((event: { id: string }) => event.id));
        return { status: 200, body: "", retryAfter: null };
      },
    },
    metrics: { attempts: nothing, callSeconds: nothing },
    config: { scheduleMs: [0], timeoutMs: 1_000 },
  } as unknown as ConstructorParameters<typeof Tries>[0]);
  const lines = new Lines(systemClock);
  const deps = { store, clock: systemClock, lines, directory, tries, jobs: { topic: "jobs" } };
  const owner = new PartitionOwner(deps as unknown as OwnerDeps, partition);
  await owner.caughtUp();
  const inOrder = order.toSorted((a, b) => a - b).map((seq) => `evt_${seq}`);
  await expect.poll(() => told, { timeout: 8_000 }).toEqual(inOrder);
  // What comes in its order waits in memory for the batch before.
  expect(isPutOff).toBe(order[0] !== 1 || order[2] !== 3);
  owner.revoked();
});

import { expect, test } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { MemoryWebhooks } from "#test/sim/engines/memory-webhooks.ts";
import { Lines } from "../endpoint/lines.ts";
import { deliveryOf, partition, tenantId, triesOver } from "../testing/deliveries.ts";
import { type OwnerDeps, PartitionOwner } from "./owner.ts";

/** A node that owns the partition, and the events of each call that it makes. */
function nodeOn(
  store: MemoryWebhooks,
  { maxWaitMs, through = {} }: { maxWaitMs: number; through?: Partial<MemoryWebhooks> },
) {
  const taken: string[] = [];
  const batch = { maxEvents: 9, maxWaitMs };
  const { tries, directory, calls } = triesOver(store, { endpoint: { batch, concurrency: 9 } });
  const lines = new Lines(systemClock);
  const owners = {
    readDue: store.readDue.bind(store),
    readDueMark: store.readDueMark.bind(store),
    writeDueMark: store.writeDueMark.bind(store),
    getDeliveries: async (keys: Parameters<typeof store.getDeliveries>[0]) => {
      taken.push(...keys.map(({ deliveryId }) => deliveryId));
      return store.getDeliveries(keys);
    },
    setProgress: store.setProgress.bind(store),
    addDeliveries: store.addDeliveries.bind(store),
    changeDue: store.changeDue.bind(store),
    ...through,
  };
  const deps = { store: owners, clock: systemClock, lines, directory, tries, jobs: { topic: "jobs" } };
  const owner = new PartitionOwner(deps as unknown as OwnerDeps, partition);
  return { calls, owner, taken: () => taken };
}

test.each([
  ["collects its events for one of its own", 2_500],
  ["has sent them by one of its own", 1],
])(
  "a batch that comes into the store when the next owner %s leaves each event to one call",
  async (_, maxWaitMs) => {
    const store = new MemoryWebhooks();
    const dueMs = Date.now() + 50;
    const rows = [1, 2].map((seq) => deliveryOf(seq));
    // Why the store is read again once the batch is there: these are due, and over.
    const others = [1_000, 1_500, 4_000].map((ms) => ({
      ...deliveryOf(9),
      deliveryId: `dlv_at_${ms}`,
      dueMs: dueMs + ms,
    }));
    await store.writeDueMark(partition, dueMs - 1);
    await store.addDeliveries(rows, {
      partition,
      rows: [...rows.map((row) => ({ ...row, dueMs })), ...others],
    });
    let [isWriting, write] = [false, (): void => {}];
    const written = new Promise<void>((resolve) => {
      write = resolve;
    });
    const addDeliveries: typeof store.addDeliveries = async (...args) => {
      isWriting = true;
      await written;
      await store.addDeliveries(...args);
    };
    const before = nodeOn(store, { maxWaitMs: 1, through: { addDeliveries } });
    await before.owner.caughtUp();
    await expect.poll(() => isWriting, { timeout: 5_000 }).toBe(true);
    before.owner.revoked();
    const next = nodeOn(store, { maxWaitMs });
    await next.owner.caughtUp();
    const told = [["evt_1", "evt_2"]];
    if (maxWaitMs > 1) await expect.poll(next.taken, { timeout: 5_000 }).toContain("dlv_1");
    else await expect.poll(() => next.calls, { timeout: 5_000 }).toEqual(told);
    write();
    const page = { after: { dueMs: 0, deliveryId: "" }, untilMs: dueMs + 60_000, limit: 9 };
    await expect
      .poll(async () => (await store.readDue(partition, page)).rows, { timeout: 9_000 })
      .toEqual([]);
    expect([...before.calls, ...next.calls]).toEqual(told);
    const ids = rows.map(({ deliveryId }) => ({ tenantId, deliveryId }));
    expect((await store.getDeliveries(ids)).map((row) => row?.progress.attemptCount)).toEqual([1, 1]);
    next.owner.revoked();
  },
);

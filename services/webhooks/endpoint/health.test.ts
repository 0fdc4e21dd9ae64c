import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { WebhookEndpointRow } from "#shared/store/webhook-store.ts";
import { MemoryWebhooks } from "#test/sim/engines/memory-webhooks.ts";
import { EndpointDirectory } from "./directory.ts";
import { EndpointHealth } from "./health.ts";

const [tenantId, endpointId] = ["acme", "whe_a"];
const disableAfterMs = 3_600_000;
const failed = { gone: false, status: "failed" } as const;
const taken = { gone: false, status: "succeeded" } as const;

/** A store, and nodes on it that share a clock. */
async function deployment() {
  let nowMs = Date.parse("2026-03-14T09:00:00.000Z");
  const clock = { nowMs: () => nowMs };
  const store = new MemoryWebhooks();
  await store.putEndpoint({ tenantId, endpointId } as WebhookEndpointRow);
  let writes = 0;
  const counted = {
    setEndpointState: store.setEndpointState.bind(store),
    setEndpointHealth: async (...health: Parameters<typeof store.setEndpointHealth>) => {
      writes += 1;
      await store.setEndpointHealth(...health);
    },
  };
  const kept = async () => (await store.listEndpoints(tenantId))[0] as never;
  return {
    store,
    told: [] as object[],
    wait: (ms: number) => {
      nowMs += ms;
    },
    writes: () => writes,
    state: () => store.getEndpoint(tenantId, endpointId),
    node() {
      const health = new EndpointHealth({
        store: counted,
        audit: {
          append: async (_tenantId, { action, details }) => void this.told.push({ action, ...details }),
          conclude: async () => {},
        },
        clock,
        directory: new EndpointDirectory(store, clock, 0),
        disabled: { inc: (labels) => void this.told.push(labels) },
        logger: { warn: (fields) => void this.told.push(fields) },
        disableAfterMs,
      });
      return async (verdict: typeof failed | typeof taken, endpoint = kept()) =>
        health.note(await endpoint, verdict);
    },
  };
}

test("one that only fails is disabled when its time is over, and the operator is told, over restarts", async () => {
  const { node, told, wait, state } = await deployment().then((made) => ({
    ...made,
    node: made.node.bind(made),
  }));
  await node()(failed);
  wait(disableAfterMs - 1);
  await node()(failed);
  expect(await state()).toMatchObject({ disabled: null, failingSince: "2026-03-14T09:00:00.000Z" });
  wait(1);
  await node()(failed);
  expect(await state()).toMatchObject({ disabled: { reason: "failing", at: "2026-03-14T10:00:00.000Z" } });
  expect(told).toEqual([
    { action: "disableWebhookEndpoint", reason: "failing", failingSince: "2026-03-14T09:00:00.000Z" },
    { reason: "failing" },
    expect.objectContaining({ tenantId, endpointId, reason: "failing" }),
  ]);
});

test("what another node gets taken counts, also for one that does not know of it yet", async () => {
  const made = await deployment();
  const [one, other] = [made.node(), made.node()];
  await one(failed);
  made.wait(disableAfterMs);
  const asKnownBefore = await made.state();
  await other(taken);
  await one(failed, Promise.resolve(asKnownBefore as never));
  expect(await made.state()).toMatchObject({ disabled: null, failingSince: null });
});

test("one that fails at every other call is not written about at each of them", async () => {
  const made = await deployment();
  const note = made.node();
  for (let n = 0; n < 100; n++) {
    await note(failed);
    await note(taken);
    made.wait(100);
  }
  expect(made.writes()).toBe(2);
  made.wait(limits.webhookHealthNoteMs);
  await note(failed);
  expect(made.writes()).toBe(3);
});

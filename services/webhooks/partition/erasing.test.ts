import { expect, test } from "vitest";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { MemoryWebhooks } from "#test/sim/engines/memory-webhooks.ts";
import { Erasing } from "./erasing.ts";
import { deliveriesOf } from "./events.ts";

const at = "2026-01-01T00:00:00.000Z";
const place = { tenantId: "acme", roomId: "r", at };
const said = {
  ...place,
  type: "message.created",
  seq: 2,
  messageId: "msg_1",
  number: 1,
  senderId: "ada",
  kind: "text",
  body: "a secret",
  attachments: [],
  mentions: [],
  replyToId: null,
  threadId: null,
  custom: null,
  clientId: null,
  silent: false,
  threadCount: null,
} satisfies DurableEvent;
const deleted = {
  ...place,
  type: "message.deleted",
  seq: 3,
  messageId: "msg_1",
  number: 1,
  senderId: "ada",
  body: null,
  deletedAt: at,
  actorId: null,
  erased: true,
  emptied: [{ seq: 2, at }],
} satisfies DurableEvent;

test("a delivery that is in memory is sent without it from the moment its deletion is heard of", async () => {
  const store = new MemoryWebhooks();
  const endpoint = {
    tenantId: "acme",
    endpointId: "whe_a",
    url: "https://acme.example",
    events: [],
    roomPattern: null,
    description: null,
    headers: {},
    ordered: false,
    batch: null,
    concurrency: 1,
    ratePerSecond: null,
    unreadAfterSeconds: 60,
    idleAfterSeconds: 60,
    secrets: [],
    createdAt: at,
    updatedAt: at,
    disabled: null,
    failingSince: null,
  };
  await store.putEndpoint(endpoint);
  const [made] = deliveriesOf([{ event: said, atMs: 0, endpoints: [endpoint] }], 0);
  const { row } = made as NonNullable<typeof made>;
  await store.addDeliveries([row]);
  const erasing = new Erasing(store);
  expect(await erasing.takenBack([said])).toEqual([]);
  expect(erasing.bodyOf(row)).toBe(row.body);
  const keys = await erasing.takenBack([deleted]);
  expect(JSON.parse(erasing.bodyOf(row))).toEqual({ ...said, body: null });
  await erasing.empty(keys);
  const [kept] = await store.getDeliveries([row]);
  expect(JSON.parse(kept?.body ?? "")).toEqual({ ...said, body: null });
});

import { systemClock } from "#shared/clock.ts";
import type { WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";
import type { KeptWebhookEndpoint, WebhookStore } from "#shared/store/webhook-store.ts";
import { Tries } from "../tries.ts";

export const partition = 3;
export const [tenantId, endpointId] = ["acme", "whe_a"] as const;

/** Of the message with this seq in one room, for one endpoint. */
export function deliveryOf(seq: number, more: Partial<WebhookDeliveryRow> = {}): WebhookDeliveryRow {
  return {
    tenantId,
    deliveryId: `dlv_${seq}`,
    endpointId,
    eventId: `evt_${seq}`,
    eventType: "message.created",
    roomId: "r",
    seq,
    partition,
    createdAt: "2026-03-14T09:00:00.000Z",
    body: JSON.stringify({ type: "message.created", replyToId: null }),
    previousId: null,
    ...more,
  };
}

/** Tries of batches over this store, the ids of the events of each call, and what calls are answered with: 200 past that. */
export function triesOver(
  store: WebhookStore,
  {
    endpoint = {},
    scheduleMs = [0],
  }: { endpoint?: Partial<KeptWebhookEndpoint>; scheduleMs?: readonly number[] } = {},
) {
  const calls: string[][] = [];
  const statuses: number[] = [];
  const nothing = { inc: () => {}, observe: () => {} };
  const directory = {
    find: async () => ({ tenantId, endpointId, disabled: null, secrets: [], ...endpoint }),
  };
  const tries = new Tries({
    store,
    clock: systemClock,
    directory,
    health: { note: async () => {} },
    messages: { readMessage: async () => null },
    outbound: {
      post: async ({ body }: { body: string }) => {
        calls.push(JSON.parse(body).events.map((event: { id: string }) => event.id));
        return { status: statuses.shift() ?? 200, body: "", retryAfter: null };
      },
    },
    metrics: { attempts: nothing, callSeconds: nothing },
    config: { scheduleMs, timeoutMs: 1_000 },
  } as unknown as ConstructorParameters<typeof Tries>[0]);
  return { tries, directory, calls, statuses };
}

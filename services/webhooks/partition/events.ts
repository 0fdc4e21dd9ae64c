import { hash } from "node:crypto";
import type { DeadRecord } from "#shared/dead-letters/letter-records.ts";
import type { LogRecord } from "#shared/log/log.ts";
import { checker } from "#shared/protocol/checker.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { EventRecord } from "#shared/protocol/records.ts";
import { matchesRoomPattern } from "#shared/protocol/room-pattern.ts";
import type { DeliveryKey, WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";
import { deliveryIdFor } from "#shared/store/webhook-ids.ts";
import type { KeptWebhookEndpoint } from "#shared/store/webhook-store.ts";
import type { EndpointDirectory } from "../endpoint/directory.ts";

import { unquoting } from "../quoting.ts";

const checkRecord = checker(EventRecord);

interface HappenedEvent {
  readonly event: DurableEvent;
  /** When the log took it. */
  readonly atMs: number;
}

interface WantedEvent extends HappenedEvent {
  readonly endpoints: readonly KeptWebhookEndpoint[];
}

/** What is no event, and never will be, is told apart. */
export function readEvents(records: readonly LogRecord[]): {
  events: HappenedEvent[];
  unreadable: DeadRecord[];
} {
  const events: HappenedEvent[] = [];
  const unreadable: DeadRecord[] = [];
  for (const record of records) {
    try {
      const { event } = checkRecord(JSON.parse(record.value ?? ""));
      events.push({ event, atMs: record.timestampMs });
    } catch (error) {
      unreadable.push({ record, reason: "unreadable", error });
    }
  }
  return { events, unreadable };
}

/** Events with the endpoints of their tenants, those that were made a moment before them included. */
export async function withEndpoints(
  directory: Pick<EndpointDirectory, "recent">,
  events: readonly HappenedEvent[],
): Promise<WantedEvent[]> {
  const tenants = [...new Set(events.map(({ event }) => event.tenantId))];
  const lists = await Promise.all(tenants.map((tenantId) => directory.recent(tenantId)));
  const endpoints = new Map(tenants.map((tenantId, index) => [tenantId, lists[index] ?? []]));
  return events.map((each) => ({ ...each, endpoints: endpoints.get(each.event.tenantId) ?? [] }));
}

export function deliveriesOf(events: readonly WantedEvent[], partition: number) {
  return events.flatMap(({ event, atMs, endpoints }) =>
    endpoints
      .filter((endpoint) => wants(endpoint, event))
      .map((endpoint) => ({ endpoint, row: deliveryOf(event, endpoint, partition), atMs })),
  );
}

/** Whether an endpoint has asked for such an event. */
function wants({ events, roomPattern }: KeptWebhookEndpoint, event: DurableEvent): boolean {
  if (events.length > 0 && !events.includes(event.type)) return false;
  return roomPattern === null || matchesRoomPattern(roomPattern, event.roomId);
}

/** An event for an endpoint: the same row, whoever makes it and how often. */
function deliveryOf(
  event: DurableEvent,
  { endpointId }: KeptWebhookEndpoint,
  partition: number,
): WebhookDeliveryRow {
  const { tenantId, roomId, seq, type: eventType, at: createdAt } = event;
  const of = [tenantId, roomId, String(seq)];
  return {
    ...deliveryKeyOf(event, endpointId),
    endpointId,
    eventId: `evt_${hash("sha256", of.join("\n"), "base64url").slice(0, 22)}`,
    eventType,
    roomId,
    seq,
    partition,
    createdAt,
    body: JSON.stringify(unquoting(event)),
    previousId: null,
  };
}

/** Of an event for an endpoint. */
export function deliveryKeyOf(
  { tenantId, roomId, seq, at }: Pick<DurableEvent, "tenantId" | "roomId" | "seq" | "at">,
  endpointId: string,
): DeliveryKey {
  const parts = [endpointId, tenantId, roomId, String(seq)];
  return { tenantId, deliveryId: deliveryIdFor(Date.parse(at), parts) };
}

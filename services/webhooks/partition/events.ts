import { hash } from "node:crypto";
import type { DeadRecord } from "#shared/dead-letters/letter-records.ts";
import type { LogRecord } from "#shared/log/log.ts";
import { checker } from "#shared/protocol/checker.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { EventRecord } from "#shared/protocol/records.ts";
import { matchesRoomPattern } from "#shared/protocol/webhooks.ts";
import type { WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";
import { deliveryIdFor } from "#shared/store/webhook-ids.ts";
import type { KeptWebhookEndpoint } from "#shared/store/webhook-store.ts";

const checkRecord = checker(EventRecord);

export interface HappenedEvent {
  readonly event: DurableEvent;
  /** When the log took it. */
  readonly atMs: number;
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

/** Whether an endpoint has asked for such an event. */
export function wants({ events, roomPattern }: KeptWebhookEndpoint, event: DurableEvent): boolean {
  if (events.length > 0 && !events.includes(event.type)) return false;
  return roomPattern === null || matchesRoomPattern(roomPattern, event.roomId);
}

/** An event for an endpoint: the same row, whoever makes it and how often. */
export function deliveryOf(
  event: DurableEvent,
  { endpointId }: KeptWebhookEndpoint,
  partition: number,
): WebhookDeliveryRow {
  const { tenantId, roomId, seq, type: eventType, at: createdAt } = event;
  const of = [tenantId, roomId, String(seq)];
  return {
    tenantId,
    deliveryId: deliveryIdFor(Date.parse(createdAt), [endpointId, ...of]),
    endpointId,
    eventId: `evt_${hash("sha256", of.join("\n"), "base64url").slice(0, 22)}`,
    eventType,
    roomId,
    seq,
    partition,
    createdAt,
    body: JSON.stringify(event),
    previousId: null,
  };
}

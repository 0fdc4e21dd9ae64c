import { hash } from "node:crypto";
import type { DerivedEvent } from "#shared/protocol/derived-events.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { matchesRoomPattern } from "#shared/protocol/room-pattern.ts";
import type { RoomHead } from "#shared/store/store.ts";
import type { WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";
import { deliveryIdFor } from "#shared/store/webhook-ids.ts";
import type { KeptWebhookEndpoint } from "#shared/store/webhook-store.ts";
import { unquoting } from "../quoting.ts";

/** Of derived events only those that an endpoint names. */
export function asksFor(
  { events, roomPattern }: KeptWebhookEndpoint,
  type: DerivedEvent["type"],
  roomId: string,
): boolean {
  return events.includes(type) && (roomPattern === null || matchesRoomPattern(roomPattern, roomId));
}

/**
 * @param of.atMs from which the delivery's id is made, so it is the same however often this is worked out.
 * @param of.what of its type and room tells this event from all others.
 */
export function derivedDelivery(
  event: DerivedEvent,
  { endpointId }: KeptWebhookEndpoint,
  of: { readonly partition: number; readonly atMs: number; readonly what: readonly string[] },
): WebhookDeliveryRow {
  const { type: eventType, tenantId, roomId, at: createdAt } = event;
  const parts = [eventType, tenantId, roomId, ...of.what];
  return {
    tenantId,
    deliveryId: deliveryIdFor(of.atMs, [endpointId, ...parts]),
    endpointId,
    eventId: `evt_${hash("sha256", parts.join("\n"), "base64url").slice(0, 22)}`,
    eventType,
    roomId,
    // It has no place in the order of its room.
    seq: null,
    partition: of.partition,
    createdAt,
    body: JSON.stringify(unquoting(event)),
    previousId: null,
  };
}

/** Which room it is about, for those who are told. */
export function roomOf({ type, name, custom }: RoomHead) {
  return { type, name, custom };
}

/** What a message says, as events have it: flat. */
export function saidBy(message: Message) {
  const { id: messageId, number, senderId, kind, body, attachments, mentions, createdAt } = message;
  const { replyToId, threadId, custom } = message;
  const place = { messageId, number, senderId, kind };
  return { ...place, body, attachments, mentions, replyToId, threadId, custom, createdAt };
}

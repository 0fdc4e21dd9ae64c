import type { DurableEvent, EventHidden } from "#shared/protocol/events.ts";

/** What a user is shown in place of an event by one whom it blocks: the place alone, so that `seq` has no hole. */
export function hiddenEvent({ tenantId, roomId, seq, at, ...event }: DurableEvent): EventHidden {
  const number = event.type === "message.created" ? event.number : null;
  return { type: "event.hidden", tenantId, roomId, seq, at, number };
}

/** Who said what the event tells of; null where it tells of the room. */
export function saidBy(event: DurableEvent): string | null {
  return "senderId" in event ? event.senderId : null;
}

/** Whether a message was made that counts as unread for whoever does not block its sender. */
export function countsAsUnread(event: DurableEvent): boolean {
  return event.type === "message.created" && event.kind !== "system" && !event.silent;
}

import type { DurableEvent } from "#shared/protocol/events.ts";

/** Whether an event tells what a message says. */
export function tellsOf(event: DurableEvent, messageId: string): boolean {
  return (
    (event.type === "message.created" || event.type === "message.updated") && event.messageId === messageId
  );
}

/** The event as it is once its message was deleted: in its place, and saying nothing. */
export function emptied<E extends DurableEvent>(event: E): E {
  if (event.type !== "message.created" && event.type !== "message.updated") return event;
  return { ...event, body: null, attachments: [], mentions: [], custom: null };
}

import type { DerivedEvent } from "#shared/protocol/derived-events.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { quoteOf } from "#shared/store/quote.ts";
import type { Store } from "#shared/store/store.ts";
import type { WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";

/**
 * Deliveries are kept for long, and what they show of a message that is not their own may be taken back meanwhile. So
 * they are kept without it, and it is added when they are sent, as it is then.
 */
type Told = DurableEvent | DerivedEvent;

const nothing = { body: null, attachments: [], mentions: [], custom: null };

/** As it is kept. */
export function unquoting(event: Told): Told {
  switch (event.type) {
    case "message.created": {
      const { replyTo: _, ...rest } = event;
      return rest;
    }
    case "message.unread":
    case "member.first_reply":
      return { ...event, ...nothing };
    case "room.idle":
      return {
        ...event,
        lastMessage: event.lastMessage === null ? null : { ...event.lastMessage, ...nothing },
      };
    default:
      return event;
  }
}

const quoting: ReadonlySet<string> = new Set([
  "message.created",
  "message.unread",
  "member.first_reply",
  "room.idle",
]);

/** As it is sent. Whatever shows no other message asks nothing. */
export async function quotingBody(
  messages: Pick<Store, "readMessage">,
  { eventType, body }: Pick<WebhookDeliveryRow, "eventType" | "body">,
): Promise<string> {
  if (!quoting.has(eventType)) return body;
  const event = JSON.parse(body) as Told;
  const messageId = shownBy(event);
  if (messageId === null) return body;
  const row = await messages.readMessage(event.tenantId, event.roomId, messageId);
  return JSON.stringify(showing(event, row?.message ?? null));
}

function shownBy(event: Told): string | null {
  switch (event.type) {
    case "message.created":
      return event.replyToId;
    case "message.unread":
    case "member.first_reply":
      return event.messageId;
    case "room.idle":
      return event.lastMessage?.id ?? null;
    default:
      return null;
  }
}

function showing(event: Told, message: Message | null): Told {
  switch (event.type) {
    case "message.created":
      return { ...event, replyTo: message === null ? null : quoteOf(message) };
    case "message.unread":
    case "member.first_reply": {
      const { body, attachments, mentions, custom } = message ?? nothing;
      return { ...event, body, attachments, mentions, custom };
    }
    case "room.idle":
      return { ...event, lastMessage: message };
    default:
      return event;
  }
}

import type {
  Message,
  MessageCreatedEvent,
  MessageDeletedEvent,
  MessageUpdatedEvent,
  ReactionAddedEvent,
  ReactionRemovedEvent,
} from "./wire.ts";

export interface MessageUpdate {
  readonly body: string | null;
  /** Stays as it is where it is not given; null takes it away. */
  readonly custom?: Record<string, unknown> | null;
}

/** Events that say of a message what it is from then on. */
export type MessageChange =
  | MessageUpdatedEvent
  | MessageDeletedEvent
  | ReactionAddedEvent
  | ReactionRemovedEvent;

/** The message that an event made, as the history will show it. */
export function toMessage(event: MessageCreatedEvent): Message {
  const { messageId, roomId, seq, number, senderId, kind, body } = event;
  const { attachments, mentions, replyToId, custom, clientId, at } = event;
  return {
    id: messageId,
    roomId,
    seq,
    number,
    senderId,
    kind,
    body,
    attachments,
    mentions,
    replyToId,
    reactions: {},
    custom,
    clientId,
    createdAt: at,
    editedAt: null,
    deletedAt: null,
  };
}

/** The message as it is after an event that is of it. Of another message's event nothing follows. */
export function changedMessage(message: Message, event: MessageChange): Message {
  if (event.messageId !== message.id || event.roomId !== message.roomId) return message;
  switch (event.type) {
    case "message.updated": {
      const { body, attachments, mentions, custom, editedAt } = event;
      return { ...message, body, attachments, mentions, custom, editedAt };
    }
    case "message.deleted": {
      const { deletedAt } = event;
      return {
        ...message,
        body: null,
        attachments: [],
        mentions: [],
        reactions: {},
        custom: null,
        deletedAt,
      };
    }
    case "reaction.added":
    case "reaction.removed": {
      const { key, count, userIds } = event;
      const { [key]: _, ...others } = message.reactions;
      const reactions = count === 0 ? others : { ...message.reactions, [key]: { count, userIds } };
      return { ...message, reactions };
    }
  }
}

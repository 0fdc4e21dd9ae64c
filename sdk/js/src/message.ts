import type {
  Message,
  MessageCreatedEvent,
  MessageDeletedEvent,
  MessagesAnonymisedEvent,
  MessageUpdatedEvent,
  ReactionAddedEvent,
  ReactionRemovedEvent,
} from "./wire.ts";

/** As much of what is quoted as the server shows. */
const quoteCodePointsMax = 140;

export interface MessageUpdate {
  readonly body: string | null;
  /** Stays as it is where it is not given; null takes it away. */
  readonly custom?: Record<string, unknown> | null;
}

/** Events that say of a message, of what it replies to or of its thread, what it is from then on. */
export type MessageChange =
  | MessagesAnonymisedEvent
  | MessageUpdatedEvent
  | MessageDeletedEvent
  | ReactionAddedEvent
  | ReactionRemovedEvent
  | MessageCreatedEvent;

/** The message that an event made, as the history will show it. */
export function toMessage(event: MessageCreatedEvent): Message {
  const { messageId, roomId, seq, number, senderId, kind, body } = event;
  const { attachments, mentions, replyToId, replyTo, threadId, custom, masked, clientId, at } = event;
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
    ...(replyTo === undefined ? {} : { replyTo }),
    threadId,
    thread: null,
    reactions: {},
    custom,
    ...(masked === undefined ? {} : { masked }),
    clientId,
    createdAt: at,
    editedAt: null,
    deletedAt: null,
  };
}

/**
 * The message as it is after an event that is of it, of the message that it quotes, or of a reply in the thread that it
 * begins. Of any other event nothing follows.
 */
export function changedMessage(message: Message, event: MessageChange): Message {
  if (event.roomId !== message.roomId) return message;
  if (event.type === "message.created") return withReply(message, event);
  if (event.type === "messages.anonymised") return anonymous(message, event);
  if (event.messageId === message.replyTo?.messageId) return withQuoted(message, event);
  if (event.messageId !== message.id) return message;
  switch (event.type) {
    case "message.updated": {
      const { body, attachments, mentions, custom, masked, editedAt } = event;
      const { masked: _before, ...rest } = message;
      const now = { ...rest, body, attachments, mentions, custom, editedAt };
      return masked === undefined ? now : { ...now, masked };
    }
    case "message.deleted": {
      const { deletedAt, erased } = event;
      const { masked: _before, ...rest } = message;
      return {
        ...rest,
        ...(erased === undefined ? {} : { erased }),
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
    default:
      return message;
  }
}

function withReply(message: Message, { threadId, threadCount, at }: MessageCreatedEvent): Message {
  const isNews =
    threadId === message.id && threadCount !== null && threadCount > (message.thread?.count ?? 0);
  return isNews ? { ...message, thread: { count: threadCount, lastAt: at } } : message;
}

/** Whom it mentions the event does not say: such a message is to be read anew. */
function anonymous(message: Message, { messageIds, userId }: MessagesAnonymisedEvent): Message {
  const { replyTo } = message;
  const isQuoted = replyTo != null && messageIds.includes(replyTo.messageId);
  return {
    ...message,
    ...(isQuoted ? { replyTo: { ...replyTo, senderId: userId } } : {}),
    ...(messageIds.includes(message.id) ? { senderId: userId, clientId: null } : {}),
  };
}

function withQuoted(message: Message, event: MessageChange): Message {
  const { replyTo } = message;
  if (!replyTo || (event.type !== "message.updated" && event.type !== "message.deleted")) return message;
  return { ...message, replyTo: { ...replyTo, ...quotedContent(event) } };
}

function quotedContent(event: MessageUpdatedEvent | MessageDeletedEvent) {
  if (event.type === "message.deleted") {
    return { body: null, attachments: 0, deletedAt: event.deletedAt };
  }
  const start = event.body === null ? null : [...event.body].slice(0, quoteCodePointsMax).join("");
  return { body: start, attachments: event.attachments.length };
}

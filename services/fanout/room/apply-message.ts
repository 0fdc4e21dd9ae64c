import { refusalOf } from "#shared/protocol/capabilities.ts";
import type { CreateMessage } from "#shared/protocol/commands.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { quoteOf } from "#shared/store/quote.ts";
import { isHiddenFrom } from "#shared/store/shown.ts";
import type { MessageRow } from "#shared/store/store.ts";
import { type Applied, Change, type Context, refused, unchanged } from "./applied.ts";
import { readUpTo } from "./apply-marker.ts";
import { isBlockedInDirect, passOverBlockers } from "./counting.ts";
import { contactRefusal, judgeNew, withOpenDigits } from "./masking.ts";
import type { RoomState } from "./state.ts";

export function createMessage(state: RoomState, command: CreateMessage, context: Context): Applied {
  // First of all: a repeat is answered with the original, whatever became of the room or the sender since.
  if (context.known) return unchanged(state, { kind: "repeat", messageId: command.messageId });

  const senderId = command.actor.userId;
  const sender = senderId === null ? null : state.members.get(senderId);
  if (senderId !== null && sender === null) return refused(state, "not_a_member");
  // Lines by the server tell why a room is frozen; people do not write in it.
  const isOpen = command.kind === "system" && state.head.state === "frozen";
  const place = { type: state.head.type, state: isOpen ? "open" : state.head.state } as const;
  // The server for nobody may do what an owner may.
  const refusal = refusalOf("message.send", { ...place, role: sender?.role ?? "owner" });
  if (refusal !== null) return refused(state, refusal);

  if (isBlockedInDirect(state, senderId)) return refused(state, "forbidden", "You cannot send in this room.");

  const thread = threadOf(command, context);
  if (thread === undefined) return refused(state, "message_not_found", "There is no message to reply to.");
  const stranger = command.mentions.find((userId) => !isSeen(state, userId));
  if (stranger !== undefined) {
    return refused(state, "invalid_request", `${stranger} is mentioned and is no member of the room.`);
  }

  const judged = judgeNew(state, command);
  if (judged?.isRefused) return refused(state, "contact_details_refused", contactRefusal);
  const { body, attachments, custom } = judged?.content ?? command;

  const change = new Change(state, context.position, command.at);
  const message: Message = {
    id: command.messageId,
    roomId: command.roomId,
    seq: change.nextSeq,
    number: state.head.number + 1,
    senderId,
    kind: command.kind,
    body,
    attachments: [...attachments],
    mentions: command.mentions,
    replyToId: command.replyToId,
    threadId: thread?.id ?? null,
    thread: null,
    reactions: {},
    custom,
    ...judged?.masked,
    clientId: command.clientId,
    createdAt: change.at,
    editedAt: null,
    deletedAt: null,
  };
  const counts = command.kind !== "system" && !command.silent;
  const countable = state.head.countable + (counts ? 1 : 0);
  change.addMessage({ message, countable, revised: message.seq, moreReactions: null });
  const root = thread?.root ?? null;
  const threadCount = root === null ? null : (root.message.thread?.count ?? 0) + 1;
  if (root !== null && threadCount !== null) {
    const counted = { ...root.message, thread: { count: threadCount, lastAt: change.at } };
    change.changeMessage(root, { message: counted }, senderId);
  }
  if (counts) passOverBlockers(change, senderId);
  if (sender !== null) {
    const { number } = message;
    const row = { ...readUpTo(sender, number), readCountable: countable, sentNumber: number };
    change.setMember(judged === null ? row : withOpenDigits(row, judged.open));
  }
  const { id, roomId: _roomId, seq: _seq, thread: _thread, reactions, ...rest } = message;
  const { createdAt, editedAt, deletedAt, ...flat } = rest;
  change.addEvent({ type: "message.created", messageId: id, ...flat, silent: command.silent, threadCount });
  const flagged = judged?.flagged ?? null;
  if (thread === null) return change.done({ kind: "created", resource: message }, { flagged });
  const quote = quoteOf(thread.parent.message);
  const isHidden = sender !== null && isHiddenFrom(sender, quote.senderId);
  return change.done(
    { kind: "created", resource: { ...message, replyTo: isHidden ? null : quote } },
    { quote, flagged },
  );
}

interface Thread {
  readonly parent: MessageRow;
  /** Of the message that it begins with. */
  readonly id: string;
  /** null: that was too old and has gone, and nothing counts the thread any more, which goes on. */
  readonly root: MessageRow | null;
}

/** The thread of what a message replies to; null: it is no reply, undefined: there is no such message. */
function threadOf({ replyToId }: CreateMessage, { messageOf }: Context): Thread | null | undefined {
  if (replyToId === null) return null;
  const parent = messageOf(replyToId);
  if (parent === null) return undefined;
  const { threadId } = parent.message;
  return threadId === null
    ? { parent, id: parent.message.id, root: parent }
    : { parent, id: threadId, root: messageOf(threadId) };
}

function isSeen(state: RoomState, userId: string): boolean {
  const member = state.members.get(userId);
  return member !== null && member.role !== "observer";
}

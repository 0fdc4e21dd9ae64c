import { refusalOf } from "#shared/protocol/capabilities.ts";
import type { CreateMessage } from "#shared/protocol/commands.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { type Applied, Change, type Context, refused, unchanged } from "./applied.ts";
import { readUpTo } from "./apply-marker.ts";
import { isBlockedInDirect, passOverBlockers } from "./counting.ts";
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

  const change = new Change(state, context.position, command.at);
  const message: Message = {
    id: command.messageId,
    roomId: command.roomId,
    seq: change.nextSeq,
    number: state.head.number + 1,
    senderId,
    kind: command.kind,
    body: command.body,
    attachments: command.attachments,
    mentions: command.mentions,
    replyToId: command.replyToId,
    reactions: {},
    custom: command.custom,
    clientId: command.clientId,
    createdAt: change.at,
    editedAt: null,
    deletedAt: null,
  };
  const counts = command.kind !== "system" && !command.silent;
  const countable = state.head.countable + (counts ? 1 : 0);
  change.addMessage({ message, countable, revised: message.seq, moreReactions: null });
  if (counts) passOverBlockers(change, senderId);
  if (sender !== null) {
    const { number } = message;
    change.setMember({ ...readUpTo(sender, number), readCountable: countable, sentNumber: number });
  }
  const { id, roomId: _roomId, seq: _seq, reactions, createdAt, editedAt, deletedAt, ...flat } = message;
  change.addEvent({ type: "message.created", messageId: id, ...flat, silent: command.silent });
  return change.done({ kind: "created", resource: message });
}

import { limits } from "#shared/limits.ts";
import type { PinMessage, UnpinMessage } from "#shared/protocol/commands.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { isHiddenFrom } from "#shared/store/shown.ts";
import { type Applied, Change, type Context, refused, unchanged } from "./applied.ts";
import { denyUser } from "./apply-message-change.ts";
import type { RoomState } from "./state.ts";

/** What is pinned is the room's own: it is in the head, and the message stays as it is. */
export function pinMessage(state: RoomState, command: PinMessage, context: Context): Applied {
  const denied = denyUser(state, command, "message.pin");
  if (denied !== null) return denied;
  const row = context.messageOf(command.messageId);
  if (row === null) return refused(state, "message_not_found");
  const { message } = row;
  if (isHiddenHere(state, command, message)) return refused(state, "message_not_found");
  if (message.deletedAt !== null) return refused(state, "message_deleted");
  const { pinned } = state.head;
  if (pinned.some(({ messageId }) => messageId === message.id)) {
    return unchanged(state, { kind: "existing", resource: message });
  }
  if (pinned.length >= limits.pinnedMessagesMax) return refused(state, "too_many_pins");

  const { userId } = command.actor;
  const change = new Change(state, context.position, command.at);
  change.setHead({ pinned: [...pinned, { messageId: message.id, pinnedAt: change.at, pinnedBy: userId }] });
  const { id: messageId, number, senderId } = message;
  change.addEvent({ type: "message.pinned", messageId, number, senderId, actorId: userId });
  return change.done({ kind: "applied", resource: message });
}

export function unpinMessage(state: RoomState, command: UnpinMessage, context: Context): Applied {
  const denied = denyUser(state, command, "message.pin");
  if (denied !== null) return denied;
  const row = context.messageOf(command.messageId);
  if (row === null || isHiddenHere(state, command, row.message)) return refused(state, "message_not_found");
  const { id: messageId, number, senderId } = row.message;
  const pinned = state.head.pinned.filter((pin) => pin.messageId !== messageId);
  if (pinned.length === state.head.pinned.length) {
    return unchanged(state, { kind: "existing", resource: row.message });
  }
  const change = new Change(state, context.position, command.at);
  change.setHead({ pinned });
  change.addEvent({ type: "message.unpinned", messageId, number, senderId, actorId: command.actor.userId });
  return change.done({ kind: "applied", resource: row.message });
}

/** The answer shows the message, and who blocks its sender is not to see it. */
function isHiddenHere(
  { members }: RoomState,
  { actor: { userId } }: PinMessage | UnpinMessage,
  { senderId }: Message,
): boolean {
  return userId !== null && isHiddenFrom(members.get(userId), senderId);
}

import type { ErrorCode } from "#shared/errors/catalogue.ts";
import { limits } from "#shared/limits.ts";
import { refusalOf } from "#shared/protocol/capabilities.ts";
import type { AddReaction, RemoveReaction } from "#shared/protocol/commands.ts";
import type { MessageRow } from "#shared/store/store.ts";
import { type Applied, Change, type Context, refused, unchanged } from "./applied.ts";
import { contactRefusal, screenWord } from "./masking.ts";
import { keysOf, reactedBy, withoutReaction, withReaction } from "./reactions.ts";
import type { RoomState } from "./state.ts";

/** A user reacts once with a key, however often it is said; where there is one reaction for each, the last counts. */
export function addReaction(state: RoomState, command: AddReaction, context: Context): Applied {
  const { userId, key, onePerUser } = command;
  const row = context.messageOf(command.messageId);
  const denied = deny(state, command, row);
  if (denied !== null || row === null) return refused(state, denied ?? "message_not_found");
  // A part of a reaction would be another one.
  if (screenWord(state, command, key) !== null) {
    return refused(state, "contact_details_refused", contactRefusal);
  }
  const own = keysOf(row, userId);
  const leaving = onePerUser ? own.filter((other) => other !== key) : [];
  if (own.includes(key) && leaving.length === 0) {
    return unchanged(state, { kind: "existing", resource: row.message });
  }

  const change = new Change(state, context.position, command.at);
  let now = row;
  for (const other of leaving) {
    now = change.changeMessage(now, withoutReaction(now, other, userId), userId);
    addEvent(change, "reaction.removed", now, { key: other, userId });
  }
  if (!own.includes(key)) {
    if (isFull(now, key)) return refused(state, "too_many_reactions");
    now = change.changeMessage(now, withReaction(now, key, userId), userId);
    addEvent(change, "reaction.added", now, { key, userId });
  }
  return change.done({ kind: "applied", resource: now.message });
}

export function removeReaction(state: RoomState, command: RemoveReaction, context: Context): Applied {
  const { userId, key } = command;
  const row = context.messageOf(command.messageId);
  const denied = deny(state, command, row);
  if (denied !== null || row === null) return refused(state, denied ?? "message_not_found");
  if (!keysOf(row, userId).includes(key)) {
    return unchanged(state, { kind: "existing", resource: row.message });
  }
  const change = new Change(state, context.position, command.at);
  const now = change.changeMessage(row, withoutReaction(row, key, userId), userId);
  addEvent(change, "reaction.removed", now, { key, userId });
  return change.done({ kind: "applied", resource: now.message });
}

function deny(
  state: RoomState,
  { userId }: AddReaction | RemoveReaction,
  row: MessageRow | null,
): ErrorCode | null {
  const member = state.members.get(userId);
  if (member === null) return "not_a_member";
  const { type, state: lifecycle } = state.head;
  const refusal = refusalOf("message.react", { type, state: lifecycle, role: member.role });
  if (refusal !== null) return refusal;
  return row !== null && row.message.deletedAt !== null ? "message_deleted" : null;
}

function isFull({ message: { reactions } }: MessageRow, key: string): boolean {
  const total = Object.values(reactions).reduce((sum, { count }) => sum + count, 0);
  const kinds = Object.keys(reactions).length;
  return total >= limits.reactionsMax || (!Object.hasOwn(reactions, key) && kinds >= limits.reactionKindsMax);
}

function addEvent(
  change: Change,
  type: "reaction.added" | "reaction.removed",
  row: MessageRow,
  { key, userId }: { key: string; userId: string },
): void {
  const { id: messageId, number, senderId: messageSenderId } = row.message;
  const users = reactedBy(row, key);
  const userIds = users.slice(0, limits.reactionUsersShownMax);
  change.addEvent({ type, messageId, number, messageSenderId, userId, key, count: users.length, userIds });
}

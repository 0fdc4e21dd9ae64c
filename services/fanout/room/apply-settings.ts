import { isDeepStrictEqual } from "node:util";
import type { MuteRoom, SetMember } from "#shared/protocol/commands.ts";
import type { Muting } from "#shared/protocol/resources.ts";
import { ownReadNumber, readCountableIn } from "#shared/store/shown.ts";
import type { MemberRow } from "#shared/store/store.ts";
import {
  type Applied,
  Change,
  type Context,
  type Notice,
  type Receipt,
  refused,
  unchanged,
} from "./applied.ts";
import { isUncounted } from "./counting.ts";
import { memberSettings, settingsOf } from "./member-settings.ts";
import type { RoomState } from "./state.ts";

/** A user wants other than before for itself. The gateways are told in any case, as not all of it is the room's to know. */
export function setMember(state: RoomState, command: SetMember, context: Context): Applied {
  const member = state.members.get(command.userId);
  if (member === null) return refused(state, "not_a_member");
  const before = settingsOf(member);
  const after = {
    ...before,
    receipts: command.receipts ?? before.receipts,
    blocked: blockedBy(state, command),
  };
  const notice = settingsNotice(state, command.userId);
  const decision = { kind: "applied", resource: null } as const;
  const isFiltered = !isDeepStrictEqual(after.blocked, before.blocked);
  if (after.receipts === before.receipts && !isFiltered) return { ...unchanged(state, decision), notice };
  const change = new Change(state, context.position, command.at);
  const row = { ...member, settings: memberSettings(after) };
  const senders = isFiltered ? context.sendersAfter(ownReadNumber(member)) : [];
  const uncounted = (of: MemberRow) => senders.filter((senderId) => isUncounted(of, senderId)).length;
  const counted = readCountableIn(state.head, member);
  const readCountable = Math.max(0, counted + uncounted(row) - uncounted(member));
  change.setMember({ ...row, readCountable });
  const receipt = isFiltered ? filtered(change.state, command.userId, change.at) : null;
  return change.done(decision, { receipt, notice });
}

/** Whom the member blocks after the command, ascending. In a direct room only the other matters. */
function blockedBy({ head, members }: RoomState, { userId, block = [], unblock = [] }: SetMember): string[] {
  const member = members.get(userId);
  const concerned = head.type === "direct" ? block.filter((id) => members.get(id) !== null) : block;
  const before = member === null ? [] : settingsOf(member).blocked;
  return [...new Set([...before, ...concerned])]
    .filter((id) => id !== userId && !unblock.includes(id))
    .sort();
}

/** Whom a member blocks, and what is unread with that: told to its own devices. */
export function filtered({ tenantId, head, members }: RoomState, userId: string, at: string): Receipt | null {
  const member = members.get(userId);
  if (member === null) return null;
  const { blocked } = settingsOf(member);
  const place = { tenantId, roomId: head.roomId, at, userId };
  const event = { ...place, type: "room.filtered" as const, blocked: [...blocked] };
  return { event, to: "user", readCountable: member.readCountable };
}

export function muteRoom(state: RoomState, command: MuteRoom, { position }: Context): Applied {
  const member = state.members.get(command.userId);
  if (member === null) return refused(state, "not_a_member");
  const { muted } = command;
  const before = settingsOf(member);
  const resource: Muting = { roomId: command.roomId, muted };
  if (before.muted === muted) return unchanged(state, { kind: "existing", resource });
  const change = new Change(state, position, command.at);
  change.setMember({ ...member, settings: memberSettings({ ...before, muted }) });
  const notice = muteNotice(change.state, command.userId, change.at);
  return change.done({ kind: "applied", resource }, { notice });
}

export function settingsNotice({ tenantId, head }: RoomState, userId: string): Notice {
  return { type: "settings", tenantId, roomId: head.roomId, userId };
}

/** How the room is to a member: told to its own devices. */
export function muteNotice(
  { tenantId, head, members }: RoomState,
  userId: string,
  at: string,
): Notice | null {
  const member = members.get(userId);
  if (member === null) return null;
  const { muted } = settingsOf(member);
  const event = { type: "room.muted", tenantId, roomId: head.roomId, at, userId, muted } as const;
  return { type: "transient", to: "user", event };
}

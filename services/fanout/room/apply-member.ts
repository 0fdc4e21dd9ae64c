import type { PutMember, RemoveMember } from "#shared/protocol/commands.ts";
import type { Role } from "#shared/protocol/resources.ts";
import { memberResource } from "#shared/store/shown.ts";
import type { MemberRow } from "#shared/store/store.ts";
import { type Applied, Change, refused, unchanged } from "./applied.ts";
import { deny } from "./deny.ts";
import type { RoomState } from "./state.ts";

export function putMember(state: RoomState, command: PutMember, position: number): Applied {
  const existing = state.members.get(command.userId);
  const denied = deny(state, command, existing === null ? "member.add" : "member.update");
  if (denied !== null) return denied;
  if (existing === null && state.head.type === "direct") {
    return refused(state, "room_conflict", "The two members of a direct room never change.");
  }
  const role = command.role ?? existing?.role ?? "member";
  if (existing?.role === role)
    return unchanged(state, { kind: "existing", resource: memberResource(existing) });

  const change = new Change(state, position, command.at);
  setRole(change, command.userId, role, command.actor.userId);
  const row = change.state.members.get(command.userId) as MemberRow;
  return change.done({ kind: existing === null ? "created" : "applied", resource: memberResource(row) });
}

export function removeMember(state: RoomState, command: RemoveMember, position: number): Applied {
  const leaves = command.actor.kind === "client" && command.actor.userId === command.userId;
  const denied = deny(state, command, leaves ? "room.leave" : "member.remove");
  if (denied !== null) return denied;
  if (state.members.get(command.userId) === null) return refused(state, "member_not_found");
  if (state.head.type === "direct") {
    return refused(state, "room_conflict", "The two members of a direct room never change.");
  }
  const change = new Change(state, position, command.at);
  change.removeMember(command.userId);
  change.addEvent({ type: "member.removed", actorId: command.actor.userId, userId: command.userId });
  return change.done({ kind: "applied", resource: null });
}

/** Adds a member or sets the role, with the event that says so. What came before a member is not unread to it. */
export function setRole(change: Change, userId: string, role: Role, actorId: string | null): void {
  const existing = change.state.members.get(userId);
  if (existing === null) {
    change.setMember(newMember(change, userId, role, change.nextSeq));
    change.addEvent({ type: "member.added", actorId, userId, role });
  } else if (existing.role !== role) {
    change.setMember({ ...existing, role });
    change.addEvent({ type: "member.updated", actorId, userId, role });
  }
}

export function newMember(change: Change, userId: string, role: Role, joinedSeq: number): MemberRow {
  const { number, countable } = change.state.head;
  return {
    userId,
    role,
    joinedAt: change.at,
    joinedSeq,
    deliveredNumber: number,
    readNumber: number,
    backNumber: null,
    readCountable: countable,
  };
}

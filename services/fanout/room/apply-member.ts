import { isDeepStrictEqual } from "node:util";
import type { Actor, JoinSettings, PutMember, PutRoom, RemoveMember } from "#shared/protocol/commands.ts";
import type { Role, WantedMember } from "#shared/protocol/resources.ts";
import { isShown, memberResource } from "#shared/store/shown.ts";
import type { MemberRow } from "#shared/store/store.ts";
import { type Applied, Change, refused, unchanged } from "./applied.ts";
import { leaveRunningCall } from "./call-change.ts";
import { deny } from "./deny.ts";
import { memberSettings } from "./member-settings.ts";
import type { RoomState } from "./state.ts";

const direct = "The two members of a direct room never change.";

export function putMember(state: RoomState, command: PutMember, position: number): Applied {
  const { actor, userId } = command;
  const existing = state.members.get(userId);
  // To a client an observer is nobody: whom it lets in joins in the sight of all.
  const isIn = existing !== null && isShown(existing, readerOf(actor));
  const denied = deny(state, command, isIn ? "member.update" : "member.add");
  if (denied !== null) return denied;
  const role = command.role ?? (isIn ? existing.role : "member");
  const refusal = refuseRole(state, { userId, role }, actor);
  if (refusal !== null) return refusal;

  const change = new Change(state, position, command.at);
  setMember(change, { ...command, role }, command);
  if (existing !== null && change.state === state) {
    return unchanged(state, { kind: "existing", resource: memberResource(existing) });
  }
  const row = change.state.members.get(userId) as MemberRow;
  return change.done({ kind: isIn ? "applied" : "created", resource: memberResource(row) });
}

export function removeMember(state: RoomState, command: RemoveMember, position: number): Applied {
  const { actor, userId } = command;
  const leaves = actor.kind === "client" && actor.userId === userId;
  const denied = deny(state, command, leaves ? "room.leave" : "member.remove");
  if (denied !== null) return denied;
  const existing = state.members.get(userId);
  if (existing === null || !isShown(existing, readerOf(actor))) return refused(state, "member_not_found");
  const isObserver = existing.role === "observer";
  if (state.head.type === "direct" && !isObserver) return refused(state, "room_conflict", direct);
  const change = new Change(state, position, command.at);
  leaveRunningCall(change, userId, actor.userId);
  change.removeMember(userId);
  if (!isObserver) change.addEvent({ type: "member.removed", actorId: actor.userId, userId });
  return change.done({ kind: "applied", resource: null });
}

/** What no right helps against: a third in a direct room, and becoming or being made invisible. */
export function refuseRole(
  state: RoomState,
  { userId, role }: { readonly userId: string; readonly role: Role },
  actor: Actor,
): Applied | null {
  const existing = state.members.get(userId);
  if (role === "observer") {
    if (actor.kind !== "server") return refused(state, "forbidden", "Only a server lets observers in.");
    if (existing === null || existing.role === "observer") return null;
    return refused(state, "room_conflict", "A member does not become an observer: remove it first.");
  }
  const isSeen = existing !== null && existing.role !== "observer";
  return state.head.type === "direct" && !isSeen ? refused(state, "room_conflict", direct) : null;
}

/**
 * Adds a member or changes it, with the event that says so. What came before a member is not unread to it. Nothing is
 * said of observers; one that becomes a member comes in like anybody.
 */
export function setMember(
  change: Change,
  { userId, role, custom }: WantedMember & { readonly role: Role },
  { actor, settings }: Pick<PutRoom, "actor" | "settings">,
): void {
  const existing = change.state.members.get(userId);
  const kept = { role, custom: custom === undefined ? (existing?.custom ?? null) : custom };
  if (existing !== null && existing.role === role && isDeepStrictEqual(existing.custom, kept.custom)) return;
  const joins = existing === null || (existing.role === "observer" && role !== "observer");
  const { nextSeq } = change;
  change.setMember(
    existing === null
      ? newMember(change, { userId, ...kept }, nextSeq, settings?.[userId])
      : { ...existing, ...kept, ...(joins ? { joinedAt: change.at, joinedSeq: nextSeq } : {}) },
  );
  if (role === "observer") return;
  const type = joins ? "member.added" : "member.updated";
  change.addEvent({ type, actorId: actor.userId, userId, ...kept });
}

export function newMember(
  change: Change,
  member: Pick<MemberRow, "userId" | "role" | "custom">,
  joinedSeq: number,
  settings: JoinSettings | undefined,
): MemberRow {
  const { number, countable } = change.state.head;
  return {
    ...member,
    joinedAt: change.at,
    joinedSeq,
    deliveredNumber: number,
    readNumber: number,
    ownNumber: null,
    readCountable: countable,
    sentNumber: number,
    settings: memberSettings(settings ?? {}),
  };
}

/** Who asks, as far as it matters for what is seen: servers see all, also where they act for a user. */
function readerOf({ kind, userId }: Actor): string | null {
  return kind === "server" ? null : userId;
}

import { type Capability, standingOf } from "#shared/protocol/capabilities.ts";
import type { MemberResource, Profile, Role } from "#shared/protocol/resources.ts";
import type { MemberRow, RoomHead } from "./store.ts";

/** What of a room's head anybody is shown: all but the writer's own bookkeeping. */
export function shownHead(head: RoomHead) {
  const { deleted: _deleted, countable: _countable, position: _position, pinned: _pinned, ...rest } = head;
  const { call, callNumber: _calls, stillRecorded: _recorded, expired: _expired, ...shown } = rest;
  return { ...shown, call: call?.call ?? null };
}

/** What is not unread for a member, or not any more. What is too old to be kept counts for nobody. */
export function readCountableIn(head: RoomHead, { readCountable }: Pick<MemberRow, "readCountable">): number {
  return Math.max(readCountable, head.expired?.countable ?? 0);
}

export function unreadFor(head: RoomHead, member: MemberRow): number {
  return unreadOf(head.countable, { readCountable: readCountableIn(head, member) });
}

/** What a room is to one of its members, beside what it is to all. */
export function shownMember(
  head: RoomHead,
  member: MemberRow,
): {
  role: Role;
  readNumber: number;
  unread: number;
  muted: boolean;
  capabilities: Capability[];
} {
  const { role } = member;
  const { capabilities } = standingOf({ role, type: head.type, state: head.state });
  const unread = unreadFor(head, member);
  const muted = isMuted(member);
  return { role, readNumber: ownReadNumber(member), unread, muted, capabilities: [...capabilities] };
}

/** Whether a reader is shown a member: an observer is by servers and by itself only. `readerId` null: a server. */
export function isShown(
  { role, userId }: Pick<MemberRow, "role" | "userId">,
  readerId: string | null,
): boolean {
  return role !== "observer" || readerId === null || readerId === userId;
}

export function memberResource(row: MemberRow): MemberResource {
  const { userId, role, custom, joinedAt, readNumber, deliveredNumber } = row;
  return { userId, role, custom, joinedAt, readNumber, deliveredNumber };
}

/** What of a user its rooms are shown. */
export function profileOf({ displayName, avatarUrl, custom }: Profile): Profile {
  return { displayName, avatarUrl, custom };
}

export function isMuted({ settings }: MemberRow): boolean {
  return settings?.muted ?? false;
}

/** Whether what a user does is hidden from a member. */
export function isHiddenFrom(member: MemberRow | null, userId: string | null): boolean {
  return userId !== null && (member?.settings?.blocked.includes(userId) ?? false);
}

/** Up to where a member has read by its own account. */
export function ownReadNumber({ ownNumber, readNumber }: MemberRow): number {
  return ownNumber ?? readNumber;
}

/** What a member has not read, of a room (or of a room up to an event) with so many countable messages. */
export function unreadOf(countable: number, { readCountable }: { readonly readCountable: number }): number {
  return Math.max(0, countable - readCountable);
}

import type { MemberResource } from "#shared/protocol/resources.ts";
import type { MemberRow, RoomHead } from "./store.ts";

/** What of a room's head anybody is shown: all but the writer's own bookkeeping. */
export function shownHead(head: RoomHead) {
  const { deleted: _deleted, countable: _countable, position: _position, ...shown } = head;
  return shown;
}

export function memberResource({ userId, role, joinedAt, readNumber }: MemberRow): MemberResource {
  return { userId, role, joinedAt, readNumber };
}

/** What a member has not read, of a room (or of a room up to an event) with so many countable messages. */
export function unreadOf(countable: number, { readCountable }: { readonly readCountable: number }): number {
  return Math.max(0, countable - readCountable);
}

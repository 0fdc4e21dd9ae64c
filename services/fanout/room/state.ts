import { limits } from "#shared/limits.ts";
import type { Room } from "#shared/protocol/resources.ts";
import { isShown, shownHead, shownMember } from "#shared/store/shown.ts";
import type { RoomHead, StoredRoom } from "#shared/store/store.ts";
import { Members } from "./members.ts";

/** What the room's writer knows of a room: immutable, so that a failed batch leaves no trace. */
export interface RoomState {
  readonly tenantId: string;
  readonly head: RoomHead;
  readonly members: Members;
}

export function stateOf(tenantId: string, stored: StoredRoom): RoomState {
  return { tenantId, head: stored.head, members: Members.of(stored.members) };
}

/** The room as REST shows it to whoever changed it: a user, or (null) a server for none. */
export function roomResource({ head, members }: RoomState, readerId: string | null): Room {
  const reader = readerId === null ? null : members.get(readerId);
  const first = [...members]
    .filter((member) => isShown(member, readerId))
    .map(({ userId, role }) => ({ userId, role }))
    .sort((a, b) => (a.userId < b.userId ? -1 : 1))
    .slice(0, limits.roomResourceMembersMax);
  return { ...shownHead(head), members: first, ...(reader === null ? {} : shownMember(head, reader)) };
}

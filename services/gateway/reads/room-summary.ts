import type { RoomSummary } from "#shared/protocol/resources.ts";
import { isListed } from "#shared/store/listed.ts";
import { shownHead, shownMember } from "#shared/store/shown.ts";
import type { MemberRow, RoomHead, Store } from "#shared/store/store.ts";
import { withVisibleLast } from "./visible-messages.ts";

/** A room as its member sees it in lists and in the handshake. */
export function roomSummary({ head, member }: OpenRoom): RoomSummary {
  return { ...shownHead(head), ...shownMember(head, member) };
}

export type OpenRoomsStore = Pick<Store, "listOpenRooms" | "readMemberships" | "readMessages">;

export interface OpenRoom {
  readonly head: RoomHead;
  readonly member: MemberRow;
}

/** The user's open rooms with their heads, latest activity first. */
export async function readOpenRooms(
  store: OpenRoomsStore,
  tenantId: string,
  userId: string,
): Promise<OpenRoom[]> {
  const roomIds = await store.listOpenRooms(tenantId, userId);
  const memberships = await store.readMemberships(tenantId, userId, roomIds);
  const rooms = memberships
    .flatMap((membership) => {
      if (membership === null || membership.member === null || !isListed(membership.head)) return [];
      return [{ head: membership.head, member: membership.member }];
    })
    .sort((a, b) => compareActivity(b.head, a.head));
  return Promise.all(
    rooms.map(async ({ head, member }) => {
      return { head: await withVisibleLast(store, tenantId, head, member), member };
    }),
  );
}

/** Orders by latest activity, then by id so that pages are stable. */
export function compareActivity(a: Pick<RoomHead, "updatedAt" | "roomId">, b: typeof a): number {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? -1 : 1;
  return a.roomId < b.roomId ? -1 : a.roomId > b.roomId ? 1 : 0;
}

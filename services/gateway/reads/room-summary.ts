import type { RoomSummary } from "#shared/protocol/resources.ts";
import { shownHead, unreadOf } from "#shared/store/shown.ts";
import type { RoomHead, Store, UserRoomRow } from "#shared/store/store.ts";

/** A room as its member sees it in lists and in the handshake. */
export function roomSummary(head: RoomHead, row: UserRoomRow): RoomSummary {
  const { role, readNumber } = row;
  return { ...shownHead(head), role, readNumber, unread: unreadOf(head.countable, row) };
}

export interface OpenRoom {
  readonly head: RoomHead;
  readonly row: UserRoomRow;
}

/** The user's open rooms with their heads, latest activity first. */
export async function readOpenRooms(
  store: Pick<Store, "listOpenRooms" | "readHeads">,
  tenantId: string,
  userId: string,
): Promise<OpenRoom[]> {
  const rows = await store.listOpenRooms(tenantId, userId);
  const heads = await store.readHeads(
    tenantId,
    rows.map(({ roomId }) => roomId),
  );
  return rows
    .flatMap((row, i) => {
      const head = heads[i];
      return head === undefined || head === null || head.deleted || head.state === "closed"
        ? []
        : [{ head, row }];
    })
    .sort((a, b) => compareActivity(b.head, a.head));
}

/** Orders by latest activity, then by id so that pages are stable. */
export function compareActivity(a: Pick<RoomHead, "updatedAt" | "roomId">, b: typeof a): number {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? -1 : 1;
  return a.roomId < b.roomId ? -1 : a.roomId > b.roomId ? 1 : 0;
}

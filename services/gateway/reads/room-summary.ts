import type { RoomSummary } from "#shared/protocol/resources.ts";
import { isListed } from "#shared/store/listed.ts";
import type { ClosedRoom } from "#shared/store/listings.ts";
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
  return withVisibleLasts(store, tenantId, rooms);
}

/** Reads of the archive for one page: past them it is shorter than asked for, as rooms in it are gone, and goes on. */
const closedRoundsMax = 4;

/** A page of the user's closed rooms, latest closed first. */
export async function readClosedRooms(
  store: Pick<Store, "listClosedRooms" | "readMemberships" | "readMessages">,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
  { after, limit }: { readonly after: ClosedRoom | null; readonly limit: number },
): Promise<{ items: OpenRoom[]; next: ClosedRoom | null }> {
  const items: OpenRoom[] = [];
  let last = after;
  for (let round = 0; round < closedRoundsMax; round++) {
    const rows = await store.listClosedRooms(tenantId, userId, { after: last, limit: limit + 1 });
    const roomIds = rows.map(({ roomId }) => roomId);
    const memberships = await store.readMemberships(tenantId, userId, roomIds);
    for (const [i, row] of rows.entries()) {
      if (items.length === limit)
        return { items: await withVisibleLasts(store, tenantId, items), next: last };
      last = row;
      const { head, member } = memberships[i] ?? { head: null, member: null };
      if (head === null || member === null || head.deleted || head.closedAt !== row.closedAt) continue;
      items.push({ head, member });
    }
    if (rows.length <= limit) return { items: await withVisibleLasts(store, tenantId, items), next: null };
  }
  return { items: await withVisibleLasts(store, tenantId, items), next: last };
}

function withVisibleLasts(
  store: Pick<Store, "readMessages">,
  tenantId: string,
  rooms: readonly OpenRoom[],
): Promise<OpenRoom[]> {
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

import { dueFrom } from "#shared/store/due.ts";
import type { ClosedRoom, DueRoom } from "#shared/store/listings.ts";
import type { Store } from "#shared/store/store.ts";
import type { RoomRows } from "./memory-rooms.ts";

/** All rooms, by tenant and room. */
type Rooms = ReadonlyMap<string, RoomRows>;

export function dueRooms(
  rooms: Rooms,
  partition: number,
  { after, before, limit }: Parameters<Store["listDue"]>[1],
): DueRoom[] {
  const order = ({ dueAt, tenantId, roomId }: DueRoom) => [dueAt, tenantId, roomId].join("\n");
  const due: DueRoom[] = [];
  for (const [key, room] of rooms) {
    const head = room.partition === partition ? room.head?.row : undefined;
    const dueAt = head === undefined ? null : dueFrom(head);
    if (head === undefined || dueAt === null || dueAt >= before) continue;
    const one = { dueAt, tenantId: key.slice(0, key.indexOf("/")), roomId: head.roomId };
    if (order(one) > order(after)) due.push(one);
  }
  return due.sort((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, limit);
}

export function openRooms(rooms: Rooms, tenantId: string, userId: string): string[] {
  const open: string[] = [];
  for (const [key, room] of rooms) {
    const isIn = key.startsWith(`${tenantId}/`) && room.lists.get(userId)?.row === true;
    if (isIn && room.head !== null) open.push(room.head.row.roomId);
  }
  return open;
}

export function seenRooms(rooms: Rooms, tenantId: string, userId: string): string[] {
  return openRooms(rooms, tenantId, userId).filter((roomId) => {
    const member = rooms.get(`${tenantId}/${roomId}`)?.members.get(userId)?.row;
    return member != null && member.role !== "observer";
  });
}

export function closedRooms(
  rooms: Rooms,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
  { after, limit }: Parameters<Store["listClosedRooms"]>[2],
): ClosedRoom[] {
  const closed: ClosedRoom[] = [];
  for (const [key, room] of rooms) {
    const isIn = key.startsWith(`${tenantId}/`) && room.members.get(userId)?.row != null;
    const head = room.head?.row;
    if (!isIn || head === undefined || head.deleted || head.closedAt === null) continue;
    closed.push({ closedAt: head.closedAt, roomId: head.roomId });
  }
  const isAfter = (one: ClosedRoom, last: ClosedRoom) =>
    one.closedAt < last.closedAt || (one.closedAt === last.closedAt && one.roomId > last.roomId);
  return closed
    .filter((one) => after === null || isAfter(one, after))
    .sort((a, b) => (isAfter(a, b) ? 1 : -1))
    .slice(0, limit);
}

import type { CallRow } from "#shared/store/call-store.ts";
import { endedBelow, runningCallOf, withRunning } from "#shared/store/calls.ts";
import type { Store } from "#shared/store/store.ts";
import type { RoomRows } from "./memory-rooms.ts";

type Rooms = ReadonlyMap<string, RoomRows>;

export function callsOf(room: RoomRows | undefined, page: Parameters<Store["readCalls"]>[2]): CallRow[] {
  const head = room?.head?.row;
  if (room === undefined || head === undefined) return [];
  const newest = endedBelow(head, page.before);
  const ended = [...room.calls.values()].map(({ row }) => row).filter(({ number }) => number <= newest);
  return withRunning(
    head,
    ended.sort((a, b) => b.number - a.number),
    page,
  );
}

export function callNamed(
  rooms: Rooms,
  tenantId: string,
  callId: string,
): { roomId: string; row: CallRow } | null {
  for (const [key, room] of rooms) {
    const number = key.startsWith(`${tenantId}/`) ? room.callIds.get(callId)?.row : undefined;
    if (number === undefined) continue;
    const [row] = callsOf(room, { before: number + 1, limit: 1 });
    if (row?.number === number) return { roomId: key.slice(tenantId.length + 1), row };
  }
  return null;
}

export function callOfUser(
  rooms: Rooms,
  tenantId: string,
  userId: string,
): { roomId: string; row: CallRow } | null {
  for (const [key, { head }] of rooms) {
    const row = key.startsWith(`${tenantId}/`) && head !== null ? runningCallOf(head.row, userId) : null;
    if (row !== null) return { roomId: row.call.roomId, row };
  }
  return null;
}

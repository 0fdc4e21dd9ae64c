import type { Database } from "#shared/embedded/database.ts";
import type { CallRow } from "../call-store.ts";
import { endedBelow, runningCallOf, withRunning } from "../calls.ts";
import { fromJson } from "../from-json.ts";
import type { RoomHead, RoomWrite, Store } from "../store.ts";
import { versionOf } from "../version.ts";

const upsertCall = `INSERT INTO store_calls (room_ref, number, version, call) VALUES (?, ?, ?, ?)
  ON CONFLICT (room_ref, number) DO UPDATE SET version = excluded.version, call = excluded.call
  WHERE excluded.version >= version`;
const upsertCallId = `INSERT INTO store_call_ids (tenant_id, call_id, room_ref, version, number)
  VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (tenant_id, call_id, room_ref) DO UPDATE SET version = excluded.version, number = excluded.number
  WHERE excluded.version >= version`;

// Rooms of different partitions have no order but the time.
const upsertCallOf = `INSERT INTO store_user_calls (tenant_id, user_id, room_ref, came_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (tenant_id, user_id) DO UPDATE SET room_ref = excluded.room_ref, came_at = excluded.came_at
  WHERE excluded.came_at >= came_at`;
const deleteCallOf = "DELETE FROM store_user_calls WHERE tenant_id = ? AND user_id = ?";

/** Writes what became of a room's calls, within the transaction of its head. */
export function createCallWriter(database: Database): (room: number, write: RoomWrite) => void {
  const call = database.prepare(upsertCall);
  const callId = database.prepare(upsertCallId);
  const callOf = database.prepare(upsertCallOf);
  const forget = database.prepare(deleteCallOf);
  return (room, { tenantId, epoch, head, calls, callIds, cameToCall, forgotten }) => {
    for (const { position, ...row } of calls) {
      call.run(room, row.number, versionOf(epoch, position), JSON.stringify(row));
    }
    for (const { position, callId: id, number } of callIds) {
      callId.run(tenantId, id, room, versionOf(epoch, position), number);
    }
    for (const userId of cameToCall) callOf.run(tenantId, userId, room, head.updatedAt);
    for (const { userId } of forgotten) forget.run(tenantId, userId);
  };
}

export function createCallReads(database: Database) {
  const room = database.prepare("SELECT room_ref, head FROM store_rooms WHERE tenant_id = ? AND room_id = ?");
  const named = database.prepare(
    `SELECT room_id, head, store_call_ids.number AS number, store_rooms.room_ref AS room_ref FROM store_call_ids
     JOIN store_rooms USING (room_ref) WHERE store_call_ids.tenant_id = ? AND call_id = ?
     ORDER BY store_rooms.room_id LIMIT 1`,
  );
  const callOf = database.prepare(
    `SELECT room_id, head FROM store_user_calls JOIN store_rooms USING (room_ref)
     WHERE store_user_calls.tenant_id = ? AND user_id = ?`,
  );
  const page = database.prepare(
    "SELECT call FROM store_calls WHERE room_ref = ? AND number <= ? ORDER BY number DESC LIMIT ?",
  );

  return {
    page(...[tenantId, roomId, range]: Parameters<Store["readCalls"]>): CallRow[] {
      const found = room.get(tenantId, roomId);
      if (found === undefined) return [];
      const head = fromJson<RoomHead>(found.head);
      const rows = page.all(found.room_ref ?? null, endedBelow(head, range.before), range.limit);
      return withRunning(
        head,
        rows.map(({ call }) => fromJson<CallRow>(call)),
        range,
      );
    },

    of(tenantId: string, userId: string): { roomId: string; row: CallRow } | null {
      const found = callOf.get(tenantId, userId);
      const row = found === undefined ? null : runningCallOf(fromJson<RoomHead>(found.head), userId);
      return row === null ? null : { roomId: String(found?.room_id), row };
    },

    one(tenantId: string, callId: string): { roomId: string; row: CallRow } | null {
      const found = named.get(tenantId, callId);
      if (found === undefined) return null;
      const { call: running } = fromJson<RoomHead>(found.head);
      const roomId = String(found.room_id);
      if (running !== null && running.number === found.number) return { roomId, row: running };
      const [row] = page.all(found.room_ref ?? null, found.number ?? null, 1);
      return row === undefined ? null : { roomId, row: fromJson<CallRow>(row.call) };
    },
  };
}

import type { Database } from "#shared/embedded/database.ts";
import type { CallRow } from "../call-store.ts";
import { endedBelow, withRunning } from "../calls.ts";
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

/** Writes what became of a room's calls, within the transaction of its head. */
export function createCallWriter(database: Database): (room: number, write: RoomWrite) => void {
  const call = database.prepare(upsertCall);
  const callId = database.prepare(upsertCallId);
  return (room, { tenantId, epoch, calls, callIds }) => {
    for (const { position, ...row } of calls) {
      call.run(room, row.number, versionOf(epoch, position), JSON.stringify(row));
    }
    for (const { position, callId: id, number } of callIds) {
      callId.run(tenantId, id, room, versionOf(epoch, position), number);
    }
  };
}

export function createCallReads(database: Database) {
  const room = database.prepare("SELECT room_ref, head FROM store_rooms WHERE tenant_id = ? AND room_id = ?");
  const named = database.prepare(
    `SELECT room_id, head, store_call_ids.number AS number, store_rooms.room_ref AS room_ref FROM store_call_ids
     JOIN store_rooms USING (room_ref) WHERE store_call_ids.tenant_id = ? AND call_id = ?
     ORDER BY store_rooms.room_id LIMIT 1`,
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

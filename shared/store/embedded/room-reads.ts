import type { Database } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import { fromJson } from "../from-json.ts";
import type { MemberRow, RoomHead, StoredRoom } from "../store.ts";

/** Rooms as a whole, and their heads. */
export function createRoomReads(database: Database) {
  const room = database.prepare("SELECT room_ref, head FROM store_rooms WHERE tenant_id = ? AND room_id = ?");
  const head = database.prepare("SELECT head FROM store_rooms WHERE tenant_id = ? AND room_id = ?");
  const members = database.prepare(
    "SELECT member FROM store_members WHERE room_ref = ? AND member IS NOT NULL ORDER BY user_id",
  );
  const recent = database.prepare(
    `SELECT message_id, number, seq FROM store_messages WHERE room_ref = ? AND number <= ?
     ORDER BY number DESC LIMIT ${limits.recentMessageIdsMax}`,
  );

  return {
    load(tenantId: string, roomId: string): StoredRoom | null {
      const found = room.get(tenantId, roomId);
      if (found === undefined) return null;
      const { room_ref } = found;
      const stored = fromJson<RoomHead>(found.head);
      return {
        head: stored,
        unsettled: [],
        members: members.all(room_ref ?? null).map(({ member }) => fromJson<MemberRow>(member)),
        recent: recent
          .all(room_ref ?? null, stored.number)
          .map(({ message_id, number, seq }) => ({
            messageId: String(message_id),
            number: Number(number),
            seq: Number(seq),
          }))
          .reverse(),
      };
    },

    heads(tenantId: string, roomIds: readonly string[]): (RoomHead | null)[] {
      return roomIds.map((roomId) => {
        const found = head.get(tenantId, roomId);
        return found === undefined ? null : fromJson<RoomHead>(found.head);
      });
    },
  };
}

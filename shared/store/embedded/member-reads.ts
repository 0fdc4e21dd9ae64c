import type { Database } from "#shared/embedded/database.ts";
import { fromJson } from "../from-json.ts";
import type { ClosedRoom } from "../listings.ts";
import type { MemberRow, Store } from "../store.ts";

const ofRoom = "room_ref = (SELECT room_ref FROM store_rooms WHERE tenant_id = ? AND room_id = ?)";

/** Who is in a room, and which rooms somebody is in. */
export function createMemberReads(database: Database) {
  const one = database.prepare(`SELECT member FROM store_members WHERE ${ofRoom} AND user_id = ?`);
  const page = database.prepare(
    `SELECT member FROM store_members WHERE ${ofRoom} AND user_id > ? AND member IS NOT NULL
     ORDER BY user_id LIMIT ?`,
  );
  const openRooms = database.prepare(
    `SELECT room_id FROM store_members JOIN store_rooms USING (room_ref)
     WHERE store_members.tenant_id = ? AND user_id = ? AND store_members.listed = 1`,
  );

  const seenRooms = database.prepare(
    `SELECT room_id FROM store_members JOIN store_rooms USING (room_ref)
     WHERE store_members.tenant_id = ? AND user_id = ? AND store_members.listed = 1
       AND member ->> '$.role' <> 'observer'`,
  );

  const closedRooms = database.prepare(
    `SELECT closed_at, room_id FROM store_members JOIN store_rooms USING (room_ref)
     WHERE store_members.tenant_id = ?1 AND user_id = ?2 AND closed_at <= ?3 AND (closed_at < ?3 OR room_id > ?4)
     ORDER BY closed_at DESC, room_id LIMIT ?5`,
  );

  return {
    one(tenantId: string, roomId: string, userId: string): MemberRow | null {
      const row = one.get(tenantId, roomId, userId);
      return row === undefined || row.member === null ? null : fromJson<MemberRow>(row.member);
    },

    page(tenantId: string, roomId: string, { after, limit }: { after?: string; limit: number }): MemberRow[] {
      return page.all(tenantId, roomId, after ?? "", limit).map(({ member }) => fromJson<MemberRow>(member));
    },

    openRooms(tenantId: string, userId: string): string[] {
      return openRooms.all(tenantId, userId).map(({ room_id }) => String(room_id));
    },

    closedRooms(
      tenantId: string,
      userId: string,
      { after, limit }: Parameters<Store["listClosedRooms"]>[2],
    ): ClosedRoom[] {
      return closedRooms
        .all(tenantId, userId, after?.closedAt ?? "9999", after?.roomId ?? "", limit)
        .map(({ closed_at, room_id }) => ({ closedAt: String(closed_at), roomId: String(room_id) }));
    },

    seenRooms(tenantId: string, userId: string): string[] {
      return seenRooms.all(tenantId, userId).map(({ room_id }) => String(room_id));
    },
  };
}

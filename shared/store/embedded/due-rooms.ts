import type { Database } from "#shared/embedded/database.ts";
import type { DueRoom } from "../listings.ts";
import type { Store } from "../store.ts";

/** Which rooms change by themselves, and until when that was done. */
export function createDueRooms(database: Database) {
  const list = database.prepare(
    `SELECT due_at, tenant_id, room_id FROM store_rooms
     WHERE partition = ? AND (due_at, tenant_id, room_id) > (?, ?, ?) AND due_at < ?
     ORDER BY due_at, tenant_id, room_id LIMIT ?`,
  );
  const done = database.prepare("SELECT done_at FROM store_due_done WHERE partition = ?");
  const setDone = database.prepare(
    `INSERT INTO store_due_done (partition, done_at) VALUES (?, ?)
     ON CONFLICT (partition) DO UPDATE SET done_at = excluded.done_at`,
  );

  return {
    list(partition: number, { after, before, limit }: Parameters<Store["listDue"]>[1]): DueRoom[] {
      const { dueAt, tenantId, roomId } = after;
      return list.all(partition, dueAt, tenantId, roomId, before, limit).map((row) => ({
        dueAt: String(row.due_at),
        tenantId: String(row.tenant_id),
        roomId: String(row.room_id),
      }));
    },

    done(partition: number): string | null {
      const row = done.get(partition);
      return row === undefined ? null : String(row.done_at);
    },

    setDone(partition: number, at: string): void {
      setDone.run(partition, at);
    },
  };
}

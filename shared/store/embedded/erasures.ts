import type { Database } from "#shared/embedded/database.ts";
import type { ErasureRow, ErasureStore } from "../erasure-store.ts";
import { fromJson } from "../from-json.ts";

type Call = <T>(operation: string, fn: () => T) => Promise<T>;

/** After so long nobody says any more that such a user was seen before. */
const forgottenMs = 3_600_000;

export function createErasureStore(
  database: Database,
  { call, durableCall }: { call: Call; durableCall: Call },
): ErasureStore {
  const put = database.prepare(
    "INSERT OR REPLACE INTO store_erasures (tenant_id, task_id, open, task) VALUES (?, ?, ?, ?)",
  );
  const get = database.prepare("SELECT task FROM store_erasures WHERE tenant_id = ? AND task_id = ?");
  const open = database.prepare("SELECT tenant_id, task_id FROM store_erasures WHERE open = 1 LIMIT ?");
  const ever = database.prepare(
    `SELECT room_id FROM store_members JOIN store_rooms USING (room_ref)
     WHERE store_members.tenant_id = ? AND user_id = ? AND room_id > ? AND forgotten_at IS NULL ORDER BY room_id LIMIT ?`,
  );
  const removals = ["store_users", "store_user_settings"].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE tenant_id = ? AND user_id = ?`),
  );
  const unsee = database.prepare(
    `INSERT INTO store_last_seen (tenant_id, user_id, seen_ms) VALUES (?, ?, ?)
     ON CONFLICT (tenant_id, user_id) DO UPDATE SET seen_ms = excluded.seen_ms
     WHERE abs(excluded.seen_ms) > abs(seen_ms)`,
  );
  const forgotten = database.prepare("DELETE FROM store_last_seen WHERE seen_ms < 0 AND seen_ms > ?");

  return {
    put: (tenantId, task) =>
      durableCall(
        "putErasure",
        () => void put.run(tenantId, task.taskId, task.status === "done" ? 0 : 1, JSON.stringify(task)),
      ),
    get: (tenantId, taskId) =>
      call("getErasure", () => {
        const row = get.get(tenantId, taskId);
        return row === undefined ? null : fromJson<ErasureRow>(row.task);
      }),
    listOpen: (limit) =>
      call("listErasures", () =>
        open
          .all(limit)
          .map(({ tenant_id, task_id }) => ({ tenantId: String(tenant_id), taskId: String(task_id) })),
      ),
    listEverRooms: (tenantId, userId, { after, limit }) =>
      call("listEverRooms", () =>
        ever.all(tenantId, userId, after, limit).map(({ room_id }) => String(room_id)),
      ),
    forgetUser: (tenantId, userId, seenUntil) =>
      durableCall("forgetUser", () => {
        for (const remove of removals) remove.run(tenantId, userId);
        const untilMs = Date.parse(seenUntil);
        unsee.run(tenantId, userId, -untilMs);
        forgotten.run(-(untilMs - forgottenMs));
      }),
  };
}

import type { Clock } from "#shared/clock.ts";
import type { ErasureRow, ErasureStore } from "../erasure-store.ts";
import { fromJson } from "../from-json.ts";
import type { Session } from "./session.ts";
import { timestampAfter } from "./timestamp.ts";

const select = "SELECT task, WRITETIME(task) AS written FROM erasures WHERE tenant_id = ? AND task_id = ?";
const insert = "INSERT INTO erasures (tenant_id, task_id, task) VALUES (?, ?, ?) USING TIMESTAMP ?";
const insertOpen = "INSERT INTO open_erasures (part, tenant_id, task_id) VALUES (0, ?, ?) USING TIMESTAMP ?";
const deleteOpen =
  "DELETE FROM open_erasures USING TIMESTAMP ? WHERE part = 0 AND tenant_id = ? AND task_id = ?";
const selectOpen = "SELECT tenant_id, task_id FROM open_erasures WHERE part = 0 LIMIT ?";
const selectEver = `SELECT room_id FROM user_rooms_ever
  WHERE tenant_id = ? AND user_id = ? AND room_id > ? LIMIT ?`;
const selectUser = "SELECT WRITETIME(updated_at) AS written FROM users WHERE tenant_id = ? AND user_id = ?";
const removals = ["users", "user_settings"].map(
  (table) => `DELETE FROM ${table} USING TIMESTAMP ? WHERE tenant_id = ? AND user_id = ?`,
);
const unsee = "DELETE FROM last_seen USING TIMESTAMP ? WHERE tenant_id = ? AND user_id = ?";

type Call = <T>(operation: string, fn: () => Promise<T>) => Promise<T>;

export function createErasureStore(session: Session, clock: Clock, call: Call): ErasureStore {
  return {
    put: (tenantId, task) =>
      call("putErasure", async () => {
        const { taskId } = task;
        const row = await session.first(select, [tenantId, taskId]);
        const timestamp = timestampAfter(row?.written, clock);
        // A task that is in one of the two alone would run for ever, or never.
        await session.writeTogether([
          { query: insert, params: [tenantId, taskId, JSON.stringify(task), timestamp] },
          task.status === "done"
            ? { query: deleteOpen, params: [timestamp, tenantId, taskId] }
            : { query: insertOpen, params: [tenantId, taskId, timestamp] },
        ]);
      }),
    get: (tenantId, taskId) =>
      call("getErasure", async () => {
        const row = await session.first(select, [tenantId, taskId]);
        return row === null ? null : fromJson<ErasureRow>(row.task);
      }),
    listOpen: (limit) =>
      call("listErasures", async () => {
        const rows = await session.rows(selectOpen, [limit]);
        return rows.map(({ tenant_id, task_id }) => ({
          tenantId: String(tenant_id),
          taskId: String(task_id),
        }));
      }),
    listEverRooms: (tenantId, userId, { after, limit }) =>
      call("listEverRooms", async () => {
        const rows = await session.rows(selectEver, [tenantId, userId, after, limit]);
        return rows.map(({ room_id }) => String(room_id));
      }),
    forgetUser: (tenantId, userId, seenUntil) =>
      call("forgetUser", async () => {
        const user = await session.first(selectUser, [tenantId, userId]);
        const timestamp = timestampAfter(user?.written, clock);
        for (const query of removals) {
          await session.writePartition([{ query, params: [timestamp, tenantId, userId] }]);
        }
        // These rows are written at the time that they say.
        const seen = Date.parse(seenUntil) * 1_000;
        await session.writePartition([{ query: unsee, params: [seen, tenantId, userId] }]);
      }),
  };
}

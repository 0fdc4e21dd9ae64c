import type { Clock } from "#shared/clock.ts";
import { fromJson } from "../from-json.ts";
import type { RetentionPass, RetentionStore } from "../retention-store.ts";
import type { TenantRow } from "../store.ts";
import type { Session } from "./session.ts";
import { timestampAfter } from "./timestamp.ts";

// The order of a table's partitions is that of their tokens, from the least of which both begin.
const selectTenants = `SELECT tenant, CAST(token(tenant_id) AS text) AS place FROM tenants
  WHERE token(tenant_id) > ? LIMIT ?`;
const selectRooms = `SELECT DISTINCT tenant_id, room_id, CAST(token(tenant_id, room_id) AS text) AS place FROM rooms
  WHERE token(tenant_id, room_id) > ? LIMIT ?`;
const leastToken = String(-(2n ** 63n));

const selectPass = "SELECT pass, WRITETIME(pass) AS written FROM retention_pass WHERE name = 'pass'";
const insertPass = "INSERT INTO retention_pass (name, pass) VALUES ('pass', ?) USING TIMESTAMP ?";

type Call = <T>(operation: string, fn: () => Promise<T>) => Promise<T>;

export function createRetentionStore(session: Session, clock: Clock, call: Call): RetentionStore {
  return {
    listTenants: ({ after, limit }) =>
      call("listTenants", async () => {
        const rows = await session.rows(selectTenants, [after ?? leastToken, limit]);
        const next = rows.length < limit ? null : String(rows.at(-1)?.place);
        return { tenants: rows.map(({ tenant }) => fromJson<TenantRow>(tenant)), next };
      }),
    listRooms: ({ after, limit }) =>
      call("listRooms", async () => {
        const rows = await session.rows(selectRooms, [after ?? leastToken, limit]);
        const next = rows.length < limit ? null : String(rows.at(-1)?.place);
        const rooms = rows.map(({ tenant_id, room_id }) => {
          return { tenantId: String(tenant_id), roomId: String(room_id) };
        });
        return { rooms, next };
      }),
    readPass: () =>
      call("readRetentionPass", async () => {
        const row = await session.first(selectPass, []);
        return row === null ? null : fromJson<RetentionPass>(row.pass);
      }),
    writePass: (pass) =>
      call("writeRetentionPass", async () => {
        const row = await session.first(selectPass, []);
        const timestamp = timestampAfter(row?.written, clock);
        await session.writePartition([{ query: insertPass, params: [JSON.stringify(pass), timestamp] }]);
      }),
  };
}

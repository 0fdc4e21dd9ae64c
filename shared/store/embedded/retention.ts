import type { Database } from "#shared/embedded/database.ts";
import { fromJson } from "../from-json.ts";
import type { RetentionPass, RetentionStore } from "../retention-store.ts";
import type { TenantRow } from "../store.ts";

type Call = <T>(operation: string, fn: () => T) => Promise<T>;

export function createRetentionStore(
  database: Database,
  { call, durableCall }: { call: Call; durableCall: Call },
): RetentionStore {
  const tenants = database.prepare(
    "SELECT tenant_id, tenant FROM store_tenants WHERE tenant_id > ? ORDER BY tenant_id LIMIT ?",
  );
  const rooms = database.prepare(
    "SELECT room_ref, tenant_id, room_id FROM store_rooms WHERE room_ref > ? ORDER BY room_ref LIMIT ?",
  );
  const get = database.prepare("SELECT pass FROM store_retention_pass");
  const put = database.prepare("INSERT OR REPLACE INTO store_retention_pass (only, pass) VALUES (1, ?)");

  return {
    listTenants: ({ after, limit }) =>
      call("listTenants", () => {
        const rows = tenants.all(after ?? "", limit);
        const next = rows.length < limit ? null : String(rows.at(-1)?.tenant_id);
        return { tenants: rows.map(({ tenant }) => fromJson<TenantRow>(tenant)), next };
      }),
    listRooms: ({ after, limit }) =>
      call("listRooms", () => {
        const rows = rooms.all(Number(after ?? 0), limit);
        const next = rows.length < limit ? null : String(rows.at(-1)?.room_ref);
        const places = rows.map(({ tenant_id, room_id }) => {
          return { tenantId: String(tenant_id), roomId: String(room_id) };
        });
        return { rooms: places, next };
      }),
    readPass: () =>
      call("readRetentionPass", () => {
        const row = get.get();
        return row === undefined ? null : fromJson<RetentionPass>(row.pass);
      }),
    writePass: (pass) => durableCall("writeRetentionPass", () => void put.run(JSON.stringify(pass))),
  };
}

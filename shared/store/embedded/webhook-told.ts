import type { Database } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import type { TailKey, ToldUser } from "../webhook-deliveries.ts";

/** Whom endpoints were told of. Whatever writes is called within a transaction. */
export function createWebhookTold(database: Database) {
  const select = database.prepare(
    "SELECT user_id, read_number FROM store_webhook_told WHERE tenant_id = ? AND endpoint_id = ? AND room_id = ?",
  );
  const put = database.prepare("INSERT OR REPLACE INTO store_webhook_told VALUES (?, ?, ?, ?, ?, ?)");
  const expire = database.prepare(
    `DELETE FROM store_webhook_told WHERE rowid IN
     (SELECT rowid FROM store_webhook_told ORDER BY rowid LIMIT 200) AND told_ms < ?`,
  );
  const forget = database.prepare(
    "DELETE FROM store_webhook_told WHERE tenant_id = ? AND endpoint_id = ? AND room_id = ? AND user_id = ?",
  );
  return {
    forget(tenantId: string, roomId: string, userId: string, endpointIds: readonly string[]): void {
      for (const endpointId of endpointIds) forget.run(tenantId, endpointId, roomId, userId);
    },
    read({ tenantId, endpointId, roomId }: TailKey): ToldUser[] {
      return select
        .all(tenantId, endpointId, roomId)
        .map((row) => ({ userId: String(row.user_id), readNumber: Number(row.read_number) }));
    },
    write({ tenantId, endpointId, roomId }: TailKey, told: readonly ToldUser[]): void {
      const nowMs = Date.now();
      for (const { userId, readNumber } of told) {
        put.run(tenantId, endpointId, roomId, userId, readNumber, nowMs);
      }
      expire.run(nowMs - limits.webhookToldRetentionSeconds * 1_000);
    },
  };
}

import type { Database } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import { fromJson } from "../from-json.ts";
import type {
  DeliveryKey,
  DeliveryProgress,
  DeliveryTail,
  DuePlace,
  DueRow,
  KeptDelivery,
  TailKey,
  WebhookDeliveryRow,
} from "../webhook-deliveries.ts";
import { freshProgress } from "../webhook-deliveries.ts";
import { deliveryMs, firstIdOf } from "../webhook-ids.ts";

/** The log of deliveries, and what is due when. Whatever writes is called within a transaction. */
export function createWebhookDeliveries(database: Database) {
  const add = database.prepare(
    "INSERT OR IGNORE INTO store_webhook_deliveries (tenant_id, delivery_id, delivery) VALUES (?, ?, ?)",
  );
  const expire = database.prepare(
    `DELETE FROM store_webhook_deliveries WHERE rowid IN
     (SELECT rowid FROM store_webhook_deliveries ORDER BY rowid LIMIT 200) AND delivery_id < ?`,
  );
  const progress = database.prepare(
    "UPDATE store_webhook_deliveries SET progress = ? WHERE tenant_id = ? AND delivery_id = ?",
  );
  const body = database.prepare(
    `UPDATE store_webhook_deliveries SET delivery = json_set(delivery, '$.body', ?)
     WHERE tenant_id = ? AND delivery_id = ?`,
  );
  const columns = "SELECT delivery, progress FROM store_webhook_deliveries WHERE tenant_id = ?";
  const one = database.prepare(`${columns} AND delivery_id = ?`);
  const range = `${columns} AND delivery_id > ? AND delivery_id < ?`;
  const newest = database.prepare(`${range} ORDER BY delivery_id DESC LIMIT ?`);
  const oldest = database.prepare(`${range} ORDER BY delivery_id LIMIT ?`);
  const addDue = database.prepare(
    `INSERT OR REPLACE INTO store_webhook_due (part, due_ms, delivery_id, tenant_id, endpoint_id)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const removeDue = database.prepare(
    "DELETE FROM store_webhook_due WHERE part = ? AND due_ms = ? AND delivery_id = ?",
  );
  const due = database.prepare(
    `SELECT due_ms, delivery_id, tenant_id, endpoint_id FROM store_webhook_due
     WHERE part = ? AND (due_ms, delivery_id) > (?, ?) AND due_ms <= ? ORDER BY due_ms, delivery_id LIMIT ?`,
  );
  const mark = database.prepare("SELECT mark_ms FROM store_webhook_marks WHERE part = ?");
  const putMark = database.prepare(
    "INSERT OR REPLACE INTO store_webhook_marks (part, mark_ms) VALUES (?, ?)",
  );
  const ofTail = "WHERE tenant_id = ? AND endpoint_id = ? AND room_id = ?";
  const tail = database.prepare(`SELECT delivery_id, seq FROM store_webhook_tails ${ofTail}`);
  const putTail = database.prepare("INSERT OR REPLACE INTO store_webhook_tails VALUES (?, ?, ?, ?, ?)");

  const kept = (row: Record<string, unknown>): KeptDelivery => ({
    ...fromJson<WebhookDeliveryRow>(row.delivery),
    progress: row.progress === null ? freshProgress : fromJson<DeliveryProgress>(row.progress),
  });

  return {
    add(deliveries: readonly WebhookDeliveryRow[]): void {
      for (const row of deliveries) add.run(row.tenantId, row.deliveryId, JSON.stringify(row));
      const [first] = deliveries;
      if (first === undefined) return;
      // As many go as come, and some more; time is the deliveries' own.
      expire.run(firstIdOf(deliveryMs(first.deliveryId) - limits.webhookLogRetentionSeconds * 1_000));
    },
    setProgress(changes: readonly (DeliveryKey & { readonly progress: DeliveryProgress })[]): void {
      for (const change of changes) {
        progress.run(JSON.stringify(change.progress), change.tenantId, change.deliveryId);
      }
    },
    setBodies(changes: readonly (DeliveryKey & { readonly body: string })[]): void {
      for (const change of changes) body.run(change.body, change.tenantId, change.deliveryId);
    },
    get(keys: readonly DeliveryKey[]): (KeptDelivery | null)[] {
      return keys.map(({ tenantId, deliveryId }) => {
        const row = one.get(tenantId, deliveryId);
        return row === undefined ? null : kept(row);
      });
    },
    list(
      tenantId: string,
      page: { before?: string; after?: string; ascending?: boolean; limit: number },
    ): KeptDelivery[] {
      const statement = page.ascending === true ? oldest : newest;
      return statement.all(tenantId, page.after ?? "", page.before ?? "~", page.limit).map(kept);
    },

    changeDue(partition: number, change: { add?: readonly DueRow[]; remove?: readonly DueRow[] }): void {
      for (const row of change.add ?? []) {
        addDue.run(partition, row.dueMs, row.deliveryId, row.tenantId, row.endpointId);
      }
      for (const row of change.remove ?? []) removeDue.run(partition, row.dueMs, row.deliveryId);
    },
    readDue(partition: number, page: { after: DuePlace; untilMs: number; limit: number }) {
      const { after, untilMs, limit } = page;
      const rows = due.all(partition, after.dueMs, after.deliveryId, untilMs, limit).map(
        (row): DueRow => ({
          dueMs: Number(row.due_ms),
          deliveryId: String(row.delivery_id),
          tenantId: String(row.tenant_id),
          endpointId: String(row.endpoint_id),
        }),
      );
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return { rows, next: last ?? { dueMs: untilMs, deliveryId: "~" } };
    },
    readMark(partition: number): number | null {
      const row = mark.get(partition);
      return row === undefined ? null : Number(row.mark_ms);
    },
    writeMark(partition: number, ms: number): void {
      putMark.run(partition, ms);
    },
    readTail({ tenantId, endpointId, roomId }: TailKey): DeliveryTail | null {
      const row = tail.get(tenantId, endpointId, roomId);
      return row === undefined ? null : { deliveryId: String(row.delivery_id), seq: Number(row.seq) };
    },
    writeTail({ tenantId, endpointId, roomId }: TailKey, { deliveryId, seq }: DeliveryTail): void {
      putTail.run(tenantId, endpointId, roomId, deliveryId, seq);
    },
  };
}

import type { Database } from "#shared/embedded/database.ts";
import { fromJson } from "../from-json.ts";
import { type MediaStore, mediaRowOf } from "../media-store.ts";

type Call = <T>(operation: string, fn: () => T) => Promise<T>;

export function createMediaStore(
  database: Database,
  { call, durableCall }: { call: Call; durableCall: Call },
): MediaStore {
  const insert = database.prepare(
    "INSERT OR IGNORE INTO store_media (tenant_id, media_id, uploader_id, media) VALUES (?, ?, ?, ?)",
  );
  const select = database.prepare(
    "SELECT media, outcome FROM store_media WHERE tenant_id = ? AND media_id = ?",
  );
  const settle = database.prepare("UPDATE store_media SET outcome = ? WHERE tenant_id = ? AND media_id = ?");
  const remove = database.prepare("DELETE FROM store_media WHERE tenant_id = ? AND media_id = ?");
  const ofUser = database.prepare(
    `SELECT media_id FROM store_media WHERE tenant_id = ? AND uploader_id = ? AND media_id > ?
     ORDER BY media_id LIMIT ?`,
  );
  const insertUse = database.prepare("INSERT OR IGNORE INTO store_media_uses VALUES (?, ?, ?, ?)");
  const selectUses = database.prepare(
    `SELECT room_id, message_id FROM store_media_uses WHERE tenant_id = ? AND media_id = ?
     ORDER BY room_id, message_id LIMIT ?`,
  );
  const removeUses = database.prepare("DELETE FROM store_media_uses WHERE tenant_id = ? AND media_id = ?");
  const insertDue = database.prepare("INSERT OR IGNORE INTO store_media_due VALUES (?, ?, ?, ?)");
  const selectDue = database.prepare(
    `SELECT due_at, tenant_id, media_id FROM store_media_due
     WHERE partition = ? AND (due_at, tenant_id, media_id) > (?, ?, ?) AND due_at < ?
     ORDER BY due_at, tenant_id, media_id LIMIT ?`,
  );
  const removeDue = database.prepare("DELETE FROM store_media_due WHERE partition = ? AND due_at < ?");
  const selectDone = database.prepare("SELECT done_at FROM store_media_due_done WHERE partition = ?");
  const insertDone = database.prepare("INSERT OR REPLACE INTO store_media_due_done VALUES (?, ?)");

  const putDay = database.prepare(
    "INSERT OR REPLACE INTO store_media_days (tenant_id, day, node, bytes) VALUES (?, ?, ?, ?)",
  );
  const sumDay = database.prepare(
    "SELECT sum(bytes) AS bytes FROM store_media_days WHERE tenant_id = ? AND day = ?",
  );
  const removeDays = database.prepare("DELETE FROM store_media_days WHERE tenant_id = ? AND day < ?");
  return {
    add: (tenantId, media, { partition, dueAt }) =>
      durableCall("addMedia", () => {
        insertDue.run(partition, dueAt, tenantId, media.mediaId);
        insert.run(tenantId, media.mediaId, media.uploaderId, JSON.stringify(media));
      }),
    get: (tenantId, mediaId) =>
      call("getMedia", () => {
        const row = select.get(tenantId, mediaId);
        if (row === undefined) return null;
        return mediaRowOf(fromJson(row.media), row.outcome === null ? null : fromJson(row.outcome));
      }),
    settle: (tenantId, mediaId, outcome) =>
      durableCall("settleMedia", () => void settle.run(JSON.stringify(outcome), tenantId, mediaId)),
    addUse: (tenantId, mediaId, { roomId, messageId }) =>
      durableCall("addMediaUse", () => void insertUse.run(tenantId, mediaId, roomId, messageId)),
    listUses: (tenantId, mediaId, limit) =>
      call("listMediaUses", () =>
        selectUses.all(tenantId, mediaId, limit).map((row) => ({
          roomId: String(row.room_id),
          messageId: String(row.message_id),
        })),
      ),
    listOfUser: (tenantId, userId, { after = "", limit }) =>
      call("listUserMedia", () =>
        ofUser.all(tenantId, userId, after, limit).map((row) => String(row.media_id)),
      ),
    remove: (tenantId, { mediaId }) =>
      durableCall("removeMedia", () => {
        remove.run(tenantId, mediaId);
        removeUses.run(tenantId, mediaId);
      }),
    countDay: (tenantId, { day, node, bytes }) =>
      durableCall("countMediaDay", () => {
        putDay.run(tenantId, day, node, bytes);
        removeDays.run(tenantId, day - 1);
        return Number(sumDay.get(tenantId, day)?.bytes);
      }),
    addDue: (partition, { dueAt, tenantId, mediaId }) =>
      durableCall("addMediaDue", () => void insertDue.run(partition, dueAt, tenantId, mediaId)),
    listDue: (partition, { after, before, limit }) =>
      call("listMediaDue", () =>
        selectDue.all(partition, after.dueAt, after.tenantId, after.mediaId, before, limit).map((row) => ({
          dueAt: String(row.due_at),
          tenantId: String(row.tenant_id),
          mediaId: String(row.media_id),
        })),
      ),
    readDueDone: (partition) =>
      call("readMediaDueDone", () => {
        const row = selectDone.get(partition);
        return row === undefined ? null : String(row.done_at);
      }),
    setDueDone: (partition, at) =>
      durableCall("setMediaDueDone", () => {
        insertDone.run(partition, at);
        removeDue.run(partition, at);
      }),
  };
}

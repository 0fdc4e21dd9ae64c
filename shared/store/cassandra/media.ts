import { limits } from "#shared/limits.ts";
import { fromJson } from "../from-json.ts";
import { type DueMedia, type MediaStore, mediaRowOf } from "../media-store.ts";
import { toNumber } from "./columns.ts";
import type { Session } from "./session.ts";

const insertMedia = "INSERT INTO media (tenant_id, media_id, media) VALUES (?, ?, ?)";
const selectMedia = "SELECT media, outcome FROM media WHERE tenant_id = ? AND media_id = ? LIMIT 1";
const settleMedia = "UPDATE media SET outcome = ? WHERE tenant_id = ? AND media_id = ?";
const removeMedia = "DELETE FROM media WHERE tenant_id = ? AND media_id = ?";
const insertUse = "INSERT INTO media (tenant_id, media_id, room_id, message_id) VALUES (?, ?, ?, ?)";
const selectUses = "SELECT room_id, message_id FROM media WHERE tenant_id = ? AND media_id = ? LIMIT ?";
const insertOfUser = "INSERT INTO user_media (tenant_id, user_id, media_id) VALUES (?, ?, ?)";
const selectOfUser =
  "SELECT media_id FROM user_media WHERE tenant_id = ? AND user_id = ? AND media_id > ? LIMIT ?";
const removeOfUser = "DELETE FROM user_media WHERE tenant_id = ? AND user_id = ? AND media_id = ?";
const insertDue =
  "INSERT INTO media_due (partition, hour, due_at, tenant_id, media_id) VALUES (?, ?, ?, ?, ?) USING TTL ?";
const selectDue = `SELECT due_at, tenant_id, media_id FROM media_due
  WHERE partition = ? AND hour = ? AND (due_at, tenant_id, media_id) > (?, ?, ?) AND (due_at) < (?) LIMIT ?`;
const selectDone = "SELECT done_at FROM media_due_done WHERE partition = ?";
const insertDone = "INSERT INTO media_due_done (partition, done_at) VALUES (?, ?)";

const insertDay = `INSERT INTO media_days (tenant_id, day, node, bytes) VALUES (?, ?, ?, ?)
  USING TTL ${2 * limits.mediaDaySeconds}`;
const selectDay = "SELECT bytes FROM media_days WHERE tenant_id = ? AND day = ?";

const hourMs = 3_600_000;
/** How long such a row is kept: until it is due, and through a long outage after that. */
const dueKeptSeconds = 7_776_000;

const hourOf = (at: string): number => Math.floor(Date.parse(at) / hourMs);
type Call = <T>(operation: string, fn: () => Promise<T>) => Promise<T>;

export function createMediaStore(session: Session, call: Call): MediaStore {
  const write = (query: string, params: (string | number)[]) => session.writePartition([{ query, params }]);
  const dueWrite = (partition: number, { dueAt, tenantId, mediaId }: DueMedia) =>
    write(insertDue, [partition, hourOf(dueAt), dueAt, tenantId, mediaId, dueKeptSeconds]);

  async function listDue(
    partition: number,
    { after, before, limit }: Parameters<MediaStore["listDue"]>[1],
  ): Promise<DueMedia[]> {
    const found: DueMedia[] = [];
    for (let hour = hourOf(after.dueAt); hour <= hourOf(before) && found.length < limit; hour++) {
      const from = [after.dueAt, after.tenantId, after.mediaId];
      const rows = await session.rows(selectDue, [partition, hour, ...from, before, limit - found.length]);
      found.push(
        ...rows.map((row) => ({ dueAt: row.due_at, tenantId: row.tenant_id, mediaId: row.media_id })),
      );
    }
    return found;
  }

  return {
    add: (tenantId, media, { partition, dueAt }) =>
      call("addMedia", async () => {
        const { mediaId, uploaderId } = media;
        // First what others find it by: of what is lost on the way nothing is left that nobody looks at.
        await dueWrite(partition, { dueAt, tenantId, mediaId });
        if (uploaderId !== null) await write(insertOfUser, [tenantId, uploaderId, mediaId]);
        await write(insertMedia, [tenantId, mediaId, JSON.stringify(media)]);
      }),
    get: (tenantId, mediaId) =>
      call("getMedia", async () => {
        const row = await session.first(selectMedia, [tenantId, mediaId]);
        // What is written to one that was removed is no file.
        if (row === null || row.media === null) return null;
        return mediaRowOf(fromJson(row.media), row.outcome === null ? null : fromJson(row.outcome));
      }),
    settle: (tenantId, mediaId, outcome) =>
      call("settleMedia", () => write(settleMedia, [JSON.stringify(outcome), tenantId, mediaId])),
    addUse: (tenantId, mediaId, { roomId, messageId }) =>
      call("addMediaUse", () => write(insertUse, [tenantId, mediaId, roomId, messageId])),
    listUses: (tenantId, mediaId, limit) =>
      call("listMediaUses", async () => {
        const rows = await session.rows(selectUses, [tenantId, mediaId, limit]);
        // One that nothing names is a row of what all its rows share.
        return rows
          .filter((row) => row.room_id !== null)
          .map((row) => ({ roomId: row.room_id, messageId: row.message_id }));
      }),
    listOfUser: (tenantId, userId, { after = "", limit }) =>
      call("listUserMedia", async () =>
        (await session.rows(selectOfUser, [tenantId, userId, after, limit])).map((row) => row.media_id),
      ),
    remove: (tenantId, { mediaId, uploaderId }) =>
      call("removeMedia", async () => {
        await write(removeMedia, [tenantId, mediaId]);
        if (uploaderId !== null) await write(removeOfUser, [tenantId, uploaderId, mediaId]);
      }),
    countDay: (tenantId, { day, node, bytes }) =>
      call("countMediaDay", async () => {
        await write(insertDay, [tenantId, day, node, bytes]);
        const rows = await session.rows(selectDay, [tenantId, day]);
        return rows.reduce((sum, row) => sum + toNumber(row.bytes), 0);
      }),
    addDue: (partition, due) => call("addMediaDue", () => dueWrite(partition, due)),
    listDue: (partition, range) => call("listMediaDue", () => listDue(partition, range)),
    readDueDone: (partition) =>
      call("readMediaDueDone", async () => {
        const row = await session.first(selectDone, [partition]);
        return row === null ? null : String(row.done_at);
      }),
    setDueDone: (partition, at) => call("setMediaDueDone", () => write(insertDone, [partition, at])),
  };
}

import { limits } from "#shared/limits.ts";
import { dueFrom } from "../due.ts";
import type { DueRoom } from "../listings.ts";
import type { RoomWrite, Store } from "../store.ts";
import { versionOf } from "../version.ts";
import type { RowWrite } from "./room-rows.ts";
import type { Session } from "./session.ts";

const insertDue = `INSERT INTO due_rooms (partition, hour, due_at, tenant_id, room_id)
  VALUES (?, ?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?`;
const selectDue = `SELECT due_at, tenant_id, room_id FROM due_rooms
  WHERE partition = ? AND hour = ? AND (due_at, tenant_id, room_id) > (?, ?, ?) AND (due_at) < (?) LIMIT ?`;
const selectDone = "SELECT done_at FROM due_done WHERE partition = ?";
const insertDone = "INSERT INTO due_done (partition, done_at) VALUES (?, ?)";

const hourMs = 3_600_000;
/** How long a row outlives its time: an outage may be long. */
const keptSeconds = 2_592_000;

const hourOf = (at: string): number => Math.floor(Date.parse(at) / hourMs);

/** When the room next changes by itself, where that is another time than before. */
export function* dueRows({ tenantId, epoch, partition, head, due }: RoomWrite): Generator<RowWrite> {
  const dueAt = due === null ? null : dueFrom(head);
  if (dueAt === null) return;
  const aheadMs = Math.min(Date.parse(dueAt) - Date.parse(head.updatedAt), limits.roomTimeAheadMsMax);
  const ttl = Math.ceil(aheadMs / 1_000) + keptSeconds;
  const hour = hourOf(dueAt);
  yield {
    partition: `due ${hour}`,
    query: insertDue,
    params: [partition, hour, dueAt, tenantId, head.roomId, ttl, versionOf(epoch, head.position)],
  };
}

/** Which rooms change by themselves, and until when that was done. */
export class DueRooms {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async list(
    partition: number,
    { after, before, limit }: Parameters<Store["listDue"]>[1],
  ): Promise<DueRoom[]> {
    const found: DueRoom[] = [];
    const { dueAt, tenantId, roomId } = after;
    for (let hour = hourOf(dueAt); hour <= hourOf(before) && found.length < limit; hour++) {
      const params = [partition, hour, dueAt, tenantId, roomId, before, limit - found.length];
      const rows = await this.#session.rows(selectDue, params);
      found.push(...rows.map((row) => ({ dueAt: row.due_at, tenantId: row.tenant_id, roomId: row.room_id })));
    }
    return found;
  }

  async done(partition: number): Promise<string | null> {
    const row = await this.#session.first(selectDone, [partition]);
    return row === null ? null : String(row.done_at);
  }

  async setDone(partition: number, at: string): Promise<void> {
    await this.#session.writePartition([{ query: insertDone, params: [partition, at] }]);
  }
}

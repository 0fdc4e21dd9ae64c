import { limits } from "#shared/limits.ts";
import type { CallRow } from "../call-store.ts";
import { endedBelow, runningCallOf, withRunning } from "../calls.ts";
import { fromJson } from "../from-json.ts";
import type { RoomHead, RoomWrite, Store } from "../store.ts";
import { versionOf } from "../version.ts";
import { bucketOf } from "./buckets.ts";
import type { RowWrite } from "./room-rows.ts";
import type { Session } from "./session.ts";

const insertCall = `INSERT INTO calls (tenant_id, room_id, bucket, number, call)
  VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const insertCallId = `INSERT INTO call_ids (tenant_id, call_id, room_id, number)
  VALUES (?, ?, ?, ?) USING TIMESTAMP ?`;
// Rooms of different partitions have no order but the time: a call is soon ended, and what is told of it forgotten.
const insertCallOf = `INSERT INTO user_calls (tenant_id, user_id, room_id)
  VALUES (?, ?, ?) USING TTL ? AND TIMESTAMP ?`;
const deleteCallOf = "DELETE FROM user_calls WHERE tenant_id = ? AND user_id = ?";
const selectCallOf = "SELECT room_id FROM user_calls WHERE tenant_id = ? AND user_id = ?";
const callTtlSeconds = limits.callLengthMsMax / 1_000;

const selectCalls = `SELECT call FROM calls
  WHERE tenant_id = ? AND room_id = ? AND bucket = ? AND number <= ? LIMIT ?`;
const selectCall = `SELECT call FROM calls WHERE tenant_id = ? AND room_id = ? AND bucket = ? AND number = ?`;
const selectCallId = "SELECT room_id, number FROM call_ids WHERE tenant_id = ? AND call_id = ? LIMIT 1";

/** What became of a room's calls, before its head says so. */
export function* callRows(write: RoomWrite): Generator<RowWrite> {
  const { tenantId, epoch, head, calls, callIds, cameToCall, forgotten } = write;
  const { roomId } = head;
  for (const { position, ...row } of calls) {
    const bucket = bucketOf(row.number);
    yield {
      partition: `calls ${bucket}`,
      query: insertCall,
      params: [tenantId, roomId, bucket, row.number, JSON.stringify(row), versionOf(epoch, position)],
    };
  }
  for (const { position, callId, number } of callIds) {
    yield {
      partition: `call ${callId}`,
      query: insertCallId,
      params: [tenantId, callId, roomId, number, versionOf(epoch, position)],
    };
  }
  for (const userId of cameToCall) {
    const timestamp = Date.parse(head.updatedAt) * 1_000;
    yield {
      partition: `call of ${userId}`,
      query: insertCallOf,
      params: [tenantId, userId, roomId, callTtlSeconds, timestamp],
    };
  }
  for (const { userId } of forgotten) {
    yield { partition: `call of ${userId}`, query: deleteCallOf, params: [tenantId, userId] };
  }
}

type ReadHead = (tenantId: string, roomId: string) => Promise<RoomHead | null>;

/** The room's head is read first: of what came after it nothing is shown. */
export class CallReads {
  readonly #session: Session;
  readonly #head: ReadHead;

  constructor(session: Session, head: ReadHead) {
    this.#session = session;
    this.#head = head;
  }

  async page(...[tenantId, roomId, range]: Parameters<Store["readCalls"]>): Promise<CallRow[]> {
    const head = await this.#head(tenantId, roomId);
    if (head === null) return [];
    const newest = endedBelow(head, range.before);
    const rows: CallRow[] = [];
    for (let bucket = bucketOf(newest); bucket >= 0 && rows.length < range.limit; bucket--) {
      const params = [tenantId, roomId, bucket, newest, range.limit - rows.length];
      const found = await this.#session.rows(selectCalls, params);
      rows.push(...found.map(({ call }) => fromJson<CallRow>(call)));
    }
    return withRunning(head, rows, range);
  }

  async of(tenantId: string, userId: string): Promise<{ roomId: string; row: CallRow } | null> {
    const found = await this.#session.first(selectCallOf, [tenantId, userId]);
    const head = found === null ? null : await this.#head(tenantId, found.room_id);
    const row = head === null ? null : runningCallOf(head, userId);
    return found === null || row === null ? null : { roomId: found.room_id, row };
  }

  async one(tenantId: string, callId: string): Promise<{ roomId: string; row: CallRow } | null> {
    const named = await this.#session.first(selectCallId, [tenantId, callId]);
    if (named === null) return null;
    const { room_id: roomId } = named;
    const number = Number(named.number);
    const head = await this.#head(tenantId, roomId);
    if (head === null || number > head.callNumber) return null;
    if (head.call?.number === number) return { roomId, row: head.call };
    const row = await this.#session.first(selectCall, [tenantId, roomId, bucketOf(number), number]);
    return row === null ? null : { roomId, row: fromJson<CallRow>(row.call) };
  }
}

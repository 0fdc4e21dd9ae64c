import { limits } from "#shared/limits.ts";
import type { RoomWrite } from "../store.ts";
import { mapBounded } from "./bounded.ts";
import { headRows, type RowWrite, rowsBeforeHead } from "./room-rows.ts";
import type { Session, Statement } from "./session.ts";

/** Requests one call has under way: a large batch leaves room for other partitions' and for reads. */
const requestsAtOnce = limits.storeRequestsInFlightMax / 4;

/**
 * Writes what became of rooms. Each room's head goes as soon as that room's own rows are durable, and never before:
 * rooms do not wait for each other.
 *
 * Every statement is built before the first is sent, so that a row that cannot be written stops the whole call.
 */
export async function writeRooms(
  session: Session,
  writes: readonly RoomWrite[],
  eventTtlSeconds: number,
): Promise<void> {
  const rooms = writes.map((write) => {
    const head = headRows(write);
    const ahead = head.splice(0, Math.max(0, head.length - limits.storeHeadMembersMax));
    const rows = [...requestsOf(rowsBeforeHead(write, eventTtlSeconds)), ...chunked(ahead)];
    // A room of which only the head changed has one request that asks nothing.
    return { requests: rows.length > 0 ? rows : [[]], head, left: Math.max(1, rows.length) };
  });

  const requests = rooms.flatMap((room) => room.requests.map((statements) => ({ room, statements })));
  await mapBounded(requests, requestsAtOnce, async ({ room, statements }) => {
    await session.writePartition(statements);
    room.left--;
    if (room.left === 0) await session.writePartition(room.head);
  });
}

/** Rows of one partition go in one request. */
function requestsOf(rows: readonly RowWrite[]): Statement[][] {
  const partitions = Map.groupBy(rows, ({ partition }) => partition);
  return [...partitions.values()].flatMap(chunked);
}

function chunked(statements: readonly Statement[]): Statement[][] {
  const chunks: Statement[][] = [];
  let chunk: Statement[] = [];
  let bytes = 0;
  for (const statement of statements) {
    const size = sizeOf(statement);
    const full = chunk.length === limits.storeBatchRowsMax || bytes + size > limits.storeBatchBytesMax;
    if (chunk.length > 0 && full) {
      chunks.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push(statement);
    bytes += size;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

/** About: characters for bytes, which is right within a factor of three. */
function sizeOf({ params }: Statement): number {
  return params.reduce<number>((size, param) => size + (typeof param === "string" ? param.length : 8), 0);
}

import { limits } from "#shared/limits.ts";
import { letsGo } from "../lets-go.ts";
import type { ChangedMessage, Expired, RoomWrite } from "../store.ts";
import { versionOf } from "../version.ts";
import { mapBounded } from "./bounded.ts";
import { bucketOf } from "./buckets.ts";
import { expiredRows } from "./expired-rows.ts";
import {
  erasedRows,
  headRows,
  headRowsWithTail,
  historyRows,
  type RowWrite,
  rowsBeforeHead,
  settledBy,
} from "./room-rows.ts";
import type { Session, Statement } from "./session.ts";
import type { Tail } from "./tail.ts";

/** Requests one call has under way: a large batch leaves room for other partitions' and for reads. */
const requestsAtOnce = limits.storeRequestsInFlightMax / 4;

/**
 * Writes what became of rooms. Each room's head goes as soon as that room's own rows are durable, and never before:
 * rooms do not wait for each other. What a usual message becomes goes in one request with the head, which then tells of
 * it in its tail.
 *
 * Every statement is built before the first is sent, so that a row that cannot be written stops the whole call.
 */
export async function writeRooms(
  session: Session,
  writes: readonly RoomWrite[],
  eventTtlSeconds: number,
): Promise<void> {
  const requests = writes.flatMap((write) => requestsFor(session, write, eventTtlSeconds));
  await mapBounded(requests, requestsAtOnce, (send) => send());
}

/** Of the newest write: what may not have come about. */
export interface LeftBehind {
  readonly tail: Tail;
  readonly changed: readonly ChangedMessage[];
  /** What it let go. */
  readonly expired: { readonly upTo: Expired; readonly version: number } | null;
}

/** Writes again what may not be in the tables, and removes again what may still be there. */
export async function writeAgain(
  session: Session,
  room: { tenantId: string; roomId: string },
  { tail, changed, expired }: LeftBehind,
  eventTtlSeconds: number,
): Promise<void> {
  const gone = expired === null ? [] : expiredRows(room, expired.upTo, expired.version);
  const rows = [...historyRows(room, tail, eventTtlSeconds), ...erasedRows(room, changed), ...gone];
  const requests = requestsOf(rows);
  await mapBounded(requests, requestsAtOnce, (statements) => session.writePartition(statements));
}

function requestsFor(session: Session, write: RoomWrite, eventTtlSeconds: number): (() => Promise<void>)[] {
  const rows = rowsBeforeHead(write, eventTtlSeconds);
  if (fitsTail(write, rows)) {
    const all = [...rows, ...headRowsWithTail(write, eventTtlSeconds)];
    if (all.length <= limits.storeBatchRowsMax && bytesOf(all) <= limits.storeLooseBatchBytesMax)
      return [() => session.writeLoosely(all)];
  }

  const { tenantId, epoch, head: room } = write;
  const { expired } = room;
  const gone =
    expired !== undefined && letsGo(write)
      ? expiredRows({ tenantId, ...room }, expired, versionOf(epoch, expired.position))
      : [];
  const erased = requestsOf([...erasedRows({ tenantId, ...room }, write.changed), ...gone]);
  const writeHead = async () => {
    await session.writePartition(head);
    for (const statements of erased) await session.writePartition(statements);
  };
  const head = headRows(write);
  const ahead = head.splice(0, Math.max(0, head.length - limits.storeHeadMembersMax));
  const requests = [...requestsOf(rows), ...chunked(ahead)];
  if (requests.length === 0) return [writeHead];
  let left = requests.length;
  return requests.map((statements) => async () => {
    await session.writePartition(statements);
    left--;
    if (left === 0) await writeHead();
  });
}

/**
 * Only what a tail tells of or what the head lays over its place, and of each table one partition: what is there of a
 * table is then all of it or nothing. Of what was erased something is removed after the head.
 */
function fitsTail(write: RoomWrite, rows: readonly RowWrite[]): boolean {
  const { events, messages, versions, changed } = write;
  const told = events.length + messages.length * 2 + versions.length;
  return (
    rows.length > 0 &&
    rows.length === told + settledBy(write).length &&
    changed.every(({ message }) => message.erased !== true) &&
    areTogether(events.map(({ event }) => event.seq)) &&
    areTogether(messages.map(({ message }) => message.number)) &&
    areTogether(versions.map(({ number }) => number))
  );
}

function areTogether(places: readonly number[]): boolean {
  return new Set(places.map(bucketOf)).size <= 1;
}

function bytesOf(statements: readonly Statement[]): number {
  return statements
    .flatMap(({ params }) => params)
    .reduce<number>((bytes, param) => bytes + (typeof param === "string" ? Buffer.byteLength(param) : 8), 0);
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

import type { CallRow } from "#shared/store/call-store.ts";
import { isListed } from "#shared/store/listed.ts";
import type {
  EventRow,
  FoundMessages,
  MemberRow,
  MessageRow,
  RoomHead,
  RoomWrite,
  Store,
} from "#shared/store/store.ts";
import { versionOf } from "#shared/store/version.ts";

type VersionRow = RoomWrite["versions"][number];

interface Versioned<T> {
  readonly version: number;
  readonly row: T;
}

/** All rows of one room. A removed member is a row without content, so that an older one cannot bring it back. */
export interface RoomRows {
  head: Versioned<RoomHead> | null;
  partition: number;
  readonly members: Map<string, Versioned<MemberRow | null>>;
  readonly messages: Map<number, Versioned<MessageRow>>;
  /** Messages that were let go, as they were then: for who judges a run. */
  readonly gone: Map<number, MessageRow>;
  readonly versions: Map<string, Versioned<VersionRow | null>>;
  readonly events: Map<number, Versioned<EventRow>>;
  readonly calls: Map<number, Versioned<CallRow>>;
  /** Numbers of calls by their ids. */
  readonly callIds: Map<string, Versioned<number>>;
  /** Whether it is in the list of each user that was ever a member; null where it was taken out. */
  readonly lists: Map<string, Versioned<true | null>>;
  /** Users that were erased, and as of when. */
  readonly forgotten: Map<string, number>;
}

/** Whether a row takes the place of the one that is there. */
export type Wins = (version: number, present: number) => boolean;

/** Of two rows the one from the later position stays, whenever it is written. */
export const newerWins: Wins = (version, present) => version >= present;

export function emptyRoom(): RoomRows {
  return {
    head: null,
    partition: 0,
    members: new Map(),
    messages: new Map(),
    gone: new Map(),
    versions: new Map(),
    events: new Map(),
    calls: new Map(),
    callIds: new Map(),
    lists: new Map(),
    forgotten: new Map(),
  };
}

/** What is there before the head speaks of it: the history, and the lists of the members. */
export function writeRowsBeforeHead(room: RoomRows, write: RoomWrite, wins: Wins): void {
  const { epoch, head } = write;
  for (const row of write.events) put(room.events, row.event.seq, versionOf(epoch, row.position), row, wins);
  for (const { userId, position } of write.forgotten) {
    const before = room.forgotten.get(userId) ?? 0;
    room.forgotten.set(userId, Math.max(before, versionOf(epoch, position)));
  }
  for (const { version, retoldAt: _, ...row } of write.retold) {
    if (room.events.has(row.event.seq)) put(room.events, row.event.seq, version, row, wins);
  }
  for (const { position, ...row } of write.messages) {
    put(room.messages, row.message.number, versionOf(epoch, position), row, wins);
  }
  for (const row of write.versions) {
    const key = `${row.number} ${row.content.seq}`;
    put(room.versions, key, versionOf(epoch, row.position), row, wins);
  }
  for (const { position, ...row } of write.calls) {
    put(room.calls, row.number, versionOf(epoch, position), row, wins);
  }
  for (const { position, callId, number } of write.callIds) {
    put(room.callIds, callId, versionOf(epoch, position), number, wins);
  }
  if (isListed(head)) {
    const firstSeq = write.events[0]?.event.seq ?? head.seq + 1;
    for (const { member, position } of write.members) {
      const isNew = member.joinedSeq >= firstSeq;
      if (isNew) putOrRemove(room.lists, member.userId, versionOf(epoch, position), true, wins);
    }
  }
  for (const { userId, position } of write.removedMembers) {
    putOrRemove(room.lists, userId, versionOf(epoch, position), null, wins);
  }
  for (const { userId } of write.listing?.members ?? []) {
    const row = write.listing?.open ? true : null;
    putOrRemove(room.lists, userId, versionOf(epoch, head.position), row, wins);
  }
  // A writer that is behind may get no further than this.
  expire(room);
}

/** The head, the members it speaks of and the messages that changed with it: one write. */
export function writeHead(room: RoomRows, write: RoomWrite, wins: Wins): void {
  const { epoch, head } = write;
  for (const { member, position } of write.members) {
    putOrRemove(room.members, member.userId, versionOf(epoch, position), member, wins);
  }
  for (const { userId, position } of write.removedMembers) {
    putOrRemove(room.members, userId, versionOf(epoch, position), null, wins);
  }
  for (const { version, ...row } of write.changed) {
    put(room.messages, row.message.number, version, row, wins);
    if (row.message.erased === true) eraseVersions(room, row.message.number, version, wins);
  }
  const version = versionOf(epoch, head.position);
  if (room.head === null || wins(version, room.head.version)) {
    room.head = { version, row: head };
    room.partition = write.partition;
  }
  expire(room);
}

/** Also what a stale writer has brought back. */
function expire({ head, messages, versions, events, gone }: RoomRows): void {
  const { expired } = head?.row ?? {};
  if (expired === undefined) return;
  for (const [number, { row }] of messages) {
    if (number > expired.number) continue;
    if (!gone.has(number)) gone.set(number, row);
    messages.delete(number);
  }
  for (const [key, { row }] of versions) if ((row?.number ?? 0) <= expired.number) versions.delete(key);
  for (const seq of events.keys()) if (seq <= expired.seq) events.delete(seq);
}

/** Whether a user is or was in the room, and was not erased from it since. */
export function wasIn({ members, forgotten }: RoomRows, userId: string): boolean {
  const member = members.get(userId);
  return member !== undefined && member.version > (forgotten.get(userId) ?? -1);
}

/** The rows stay without content, so that older ones cannot bring it back. */
function eraseVersions(room: RoomRows, number: number, version: number, wins: Wins): void {
  for (const [key, { row }] of room.versions) {
    if (key.startsWith(`${number} `)) put(room.versions, key, version, row && null, wins);
  }
}

export function membersOf({ members }: RoomRows): MemberRow[] {
  return [...members.values()]
    .flatMap(({ row }) => (row === null ? [] : [row]))
    .sort((a, b) => (Buffer.compare(Buffer.from(a.userId), Buffer.from(b.userId)) < 0 ? -1 : 1));
}

export function messagesInThread(
  room: RoomRows | undefined,
  { rootId, before = Number.POSITIVE_INFINITY, limit }: Parameters<Store["readThread"]>[2],
): MessageRow[] {
  const newest = Math.min(room?.head?.row.number ?? 0, before - 1);
  return [...(room?.messages.values() ?? [])]
    .map(({ row }) => row)
    .filter(({ message }) => message.threadId === rootId && message.number <= newest)
    .sort((a, b) => b.message.number - a.message.number)
    .slice(0, limit);
}

function put<K, T>(rows: Map<K, Versioned<T>>, key: K, version: number, row: T, wins: Wins): void {
  const present = rows.get(key);
  if (present === undefined || wins(version, present.version)) rows.set(key, { version, row });
}

/** At one position a removal wins. */
function putOrRemove<T>(
  rows: Map<string, Versioned<T | null>>,
  key: string,
  version: number,
  row: T | null,
  wins: Wins,
): void {
  const present = rows.get(key);
  if (present !== undefined && present.version === version && present.row === null) return;
  put(rows, key, version, row, wins);
}

export function foundIn(room: RoomRows | undefined, messageIds: readonly string[]): FoundMessages {
  const rows = messageIds.map((id) => messageIn(room, id)).filter((row) => row !== null);
  const places = rows.map(({ message: { id, number, seq } }) => [id, { number, seq }] as const);
  return { places: new Map(places), expired: room?.head?.row.expired?.number ?? 0 };
}

/** By its id, where the head speaks of it. */
export function messageIn(room: RoomRows | undefined, messageId: string): MessageRow | null {
  const newest = room?.head?.row.number ?? 0;
  for (let number = 1; number <= newest; number++) {
    const row = room?.messages.get(number)?.row;
    if (row?.message.id === messageId) return row;
  }
  return null;
}

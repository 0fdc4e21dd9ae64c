import { isListed } from "../listed.ts";
import type { ChangedMessage, MemberRow, RoomWrite } from "../store.ts";
import { versionOf } from "../version.ts";
import { bucketOf, spanOf } from "./buckets.ts";
import { callRows } from "./calls.ts";
import { dueRows } from "./due-rooms.ts";
import { unlistedRows } from "./expired-rows.ts";
import type { Statement } from "./session.ts";
import { type Tail, tailText } from "./tail.ts";

/**
 * A row to write and the partition it is in. Rows of several tables with one partition key are one mutation as well:
 * what becomes of a message in a usual room, whose every bucket is the first, is one request.
 */
export interface RowWrite extends Statement {
  readonly partition: string;
}

const insertEvent = `INSERT INTO events (tenant_id, room_id, bucket, seq, countable, position, event)
  VALUES (?, ?, ?, ?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?`;
const insertMessage = `INSERT INTO messages (tenant_id, room_id, bucket, number, message_id, seq, countable, message)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const changeMessage = `UPDATE messages USING TIMESTAMP ? SET message = ?, revised = ?, more_reactions = ?
  WHERE tenant_id = ? AND room_id = ? AND bucket = ? AND number = ?`;
const insertVersion = `INSERT INTO message_versions (tenant_id, room_id, bucket, number, seq, content)
  VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const eraseVersions = `DELETE FROM message_versions USING TIMESTAMP ?
  WHERE tenant_id = ? AND room_id = ? AND bucket = ? AND number = ?`;
const insertIndex = `INSERT INTO message_index (tenant_id, room_id, span, message_id, number, seq)
  VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const insertThread = `INSERT INTO thread_messages (tenant_id, room_id, root_id, number)
  VALUES (?, ?, ?, ?) USING TIMESTAMP ?`;
// `hidden` is said of everybody, so that nothing is left of another time in the room.
const insertUserRoom = `INSERT INTO user_rooms (tenant_id, user_id, room_id, hidden)
  VALUES (?, ?, ?, ?) USING TIMESTAMP ?`;
const deleteUserRoom = `DELETE FROM user_rooms USING TIMESTAMP ?
  WHERE tenant_id = ? AND user_id = ? AND room_id = ?`;
const insertEver = `INSERT INTO user_rooms_ever (tenant_id, user_id, room_id)
  VALUES (?, ?, ?) USING TIMESTAMP ?`;
const deleteEver = `DELETE FROM user_rooms_ever USING TIMESTAMP ?
  WHERE tenant_id = ? AND user_id = ? AND room_id = ?`;
const deleteClosedRoom = `DELETE FROM closed_user_rooms USING TIMESTAMP ?
  WHERE tenant_id = ? AND user_id = ? AND closed_year = ? AND closed_at = ? AND room_id = ?`;
const insertClosedRoom = `INSERT INTO closed_user_rooms
  (tenant_id, user_id, closed_year, closed_at, room_id) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const insertHead = `INSERT INTO rooms (tenant_id, room_id, user_id, seq, number, head, changed, expired_number, tail)
  VALUES (?, ?, '', ?, ?, ?, ?, ?, '') USING TIMESTAMP ?`;
const insertHeadWithTail = `INSERT INTO rooms (tenant_id, room_id, user_id, seq, number, head, changed, expired_number)
  VALUES (?, ?, '', ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const setTail = `UPDATE rooms USING TTL ? AND TIMESTAMP ? SET tail = ?
  WHERE tenant_id = ? AND room_id = ? AND user_id = ''`;
const insertMember = `INSERT INTO rooms (tenant_id, room_id, user_id, member)
  VALUES (?, ?, ?, ?) USING TIMESTAMP ?`;
const deleteMember = `DELETE FROM rooms USING TIMESTAMP ?
  WHERE tenant_id = ? AND room_id = ? AND user_id = ?`;

/** What must be stored before the head speaks of it: the history, and the lists of the members. */
export function rowsBeforeHead(write: RoomWrite, eventTtlSeconds: number): RowWrite[] {
  const room = { tenantId: write.tenantId, roomId: write.head.roomId };
  return [
    ...historyRows(room, write, eventTtlSeconds),
    ...retoldRows(write, eventTtlSeconds),
    ...settledRows(room, settledBy(write)),
    ...userRoomRows(write),
    ...everRows(write),
    ...listingRows(write),
    ...dueRows(write),
    ...callRows(write),
    ...unlistedRows(write),
  ];
}

/** What a head's tail tells of as well. */
export function* historyRows(
  { tenantId, roomId }: { tenantId: string; roomId: string },
  { epoch, events, messages, versions }: Tail,
  ttl: number,
): Generator<RowWrite> {
  for (const { event, countable, position } of events) {
    const { seq } = event;
    const bucket = bucketOf(seq);
    const row = [seq, countable, position, JSON.stringify(event), ttl, versionOf(epoch, position)];
    yield {
      partition: `history ${bucket}`,
      query: insertEvent,
      params: [tenantId, roomId, bucket, ...row],
    };
  }
  for (const { message, countable, position } of messages) {
    const { id, number, seq } = message;
    const version = versionOf(epoch, position);
    const bucket = bucketOf(number);
    const row = [number, id, seq, countable, JSON.stringify(message), version];
    yield {
      partition: `history ${bucket}`,
      query: insertMessage,
      params: [tenantId, roomId, bucket, ...row],
    };
    const span = spanOf(number);
    yield {
      partition: `history ${span}`,
      query: insertIndex,
      params: [tenantId, roomId, span, id, number, seq, version],
    };
    if (message.threadId !== null) {
      yield {
        partition: `thread ${message.threadId}`,
        query: insertThread,
        params: [tenantId, roomId, message.threadId, number, version],
      };
    }
  }
  for (const { number, content, position } of versions) {
    const bucket = bucketOf(number);
    const row = [number, content.seq, JSON.stringify(content), versionOf(epoch, position)];
    yield {
      partition: `history ${bucket}`,
      query: insertVersion,
      params: [tenantId, roomId, bucket, ...row],
    };
  }
}

/** They expire with the events beside them: a hole would be left where one went first, or one where all have gone. */
function* retoldRows({ tenantId, head, retold }: RoomWrite, ttl: number): Generator<RowWrite> {
  const { roomId } = head;
  for (const { version, retoldAt, event, countable, position } of retold) {
    const { seq } = event;
    const left = ttl - Math.floor((Date.parse(retoldAt) - Date.parse(event.at)) / 1_000);
    if (left <= 0) continue;
    const bucket = bucketOf(seq);
    const row = [seq, countable, position, JSON.stringify(event), left, version];
    yield {
      partition: `history ${bucket}`,
      query: insertEvent,
      params: [tenantId, roomId, bucket, ...row],
    };
  }
}

/** Changed messages come to their place. */
function* settledRows(
  { tenantId, roomId }: { tenantId: string; roomId: string },
  settled: readonly ChangedMessage[],
): Generator<RowWrite> {
  for (const { version, message, revised, moreReactions } of settled) {
    const bucket = bucketOf(message.number);
    const more = moreReactions === null ? "" : JSON.stringify(moreReactions);
    const now = [JSON.stringify(message), revised, more];
    yield {
      partition: `history ${bucket}`,
      query: changeMessage,
      params: [version, ...now, tenantId, roomId, bucket, message.number],
    };
  }
}

/**
 * What must not wait for the room's next write, which may never come: of messages that were deleted for good nothing is
 * left at their place. It goes after the head, as what it takes away says where the events are that told of them, and
 * again when the room is loaded, as a node may have died in between.
 */
export function* erasedRows(
  room: { tenantId: string; roomId: string },
  changed: readonly ChangedMessage[],
): Generator<RowWrite> {
  const erased = changed.filter(({ message }) => message.erased === true);
  yield* settledRows(room, erased);
  for (const { version, message } of erased) {
    const bucket = bucketOf(message.number);
    yield {
      partition: `history ${bucket}`,
      query: eraseVersions,
      params: [version, room.tenantId, room.roomId, bucket, message.number],
    };
  }
}

/** What the write before had changed, without what has changed again: that waits with the head. */
export function settledBy({ changed, settled }: RoomWrite): readonly ChangedMessage[] {
  if (changed.length === 0) return settled;
  const again = new Set(changed.map(({ message }) => message.id));
  return settled.filter(({ message }) => !again.has(message.id));
}

/**
 * Who came and who went, in their lists. A list says only which rooms: a marker that moves, as it does with each
 * message, is a matter of the room's own partition.
 */
function* userRoomRows(write: RoomWrite): Generator<RowWrite> {
  const { tenantId, epoch, head, members, removedMembers, events } = write;
  const { roomId } = head;
  if (isListed(head)) {
    const firstSeq = events[0]?.event.seq ?? head.seq + 1;
    for (const { member, position } of members) {
      const isNew = member.joinedSeq >= firstSeq;
      if (isNew) yield userRoomRow(tenantId, roomId, member, versionOf(epoch, position));
    }
  } else if (head.closedAt !== null && !head.deleted) {
    for (const { member, position } of members) {
      yield closedRoomRow(tenantId, roomId, member.userId, head.closedAt, versionOf(epoch, position));
    }
  }
  for (const { userId, position } of removedMembers) {
    yield deletedUserRoom(tenantId, roomId, userId, versionOf(epoch, position));
  }
}

/** Who came stays in the list of all who ever did, until it is erased; then it is in no list any more. */
function* everRows(write: RoomWrite): Generator<RowWrite> {
  const { tenantId, epoch, head, members, removedMembers, events, forgotten } = write;
  const { roomId } = head;
  const firstSeq = events[0]?.event.seq ?? head.seq + 1;
  const came = members.filter(({ member }) => member.joinedSeq >= firstSeq);
  // Who came and went within the batch is among the removed alone.
  const ever = [
    ...came.map(({ member, position }) => ({ userId: member.userId, position })),
    ...removedMembers,
  ];
  for (const { userId, position } of ever) {
    yield {
      partition: `user ${userId}`,
      query: insertEver,
      params: [tenantId, userId, roomId, versionOf(epoch, position)],
    };
  }
  for (const { userId, position, closedAts } of forgotten) {
    const version = versionOf(epoch, position);
    const params = [version, tenantId, userId, roomId];
    yield { partition: `user ${userId}`, query: deleteEver, params };
    yield deletedUserRoom(tenantId, roomId, userId, version);
    for (const closedAt of closedAts) {
      const year = Number(closedAt.slice(0, 4));
      yield {
        partition: `closed ${userId}`,
        query: deleteClosedRoom,
        params: [version, tenantId, userId, year, closedAt, roomId],
      };
    }
  }
}

/** A room that opened or closed moves in all its members' lists. */
function* listingRows({ tenantId, epoch, head, listing }: RoomWrite): Generator<RowWrite> {
  if (listing === null) return;
  const { roomId } = head;
  const version = versionOf(epoch, head.position);
  for (const member of listing.members) {
    const { userId } = member;
    if (listing.open) {
      yield userRoomRow(tenantId, roomId, member, version);
    } else {
      yield deletedUserRoom(tenantId, roomId, userId, version);
      if (head.closedAt !== null && !head.deleted) {
        yield closedRoomRow(tenantId, roomId, userId, head.closedAt, version);
      }
    }
  }
}

function closedRoomRow(
  tenantId: string,
  roomId: string,
  userId: string,
  closedAt: string,
  version: number,
): RowWrite {
  return {
    partition: `closed ${userId}`,
    query: insertClosedRoom,
    params: [tenantId, userId, Number(closedAt.slice(0, 4)), closedAt, roomId, version],
  };
}

function userRoomRow(
  tenantId: string,
  roomId: string,
  { userId, role }: MemberRow,
  version: number,
): RowWrite {
  return {
    partition: `user ${userId}`,
    query: insertUserRoom,
    params: [tenantId, userId, roomId, role === "observer", version],
  };
}

function deletedUserRoom(tenantId: string, roomId: string, userId: string, version: number): RowWrite {
  return {
    partition: `user ${userId}`,
    query: deleteUserRoom,
    params: [version, tenantId, userId, roomId],
  };
}

/**
 * The head, the messages that changed with it and the members it speaks of: one partition, to be written as one. The
 * head comes last.
 */
export function headRows(write: RoomWrite): Statement[] {
  return [...memberRows(write), headRow(write, insertHead, write.changed)];
}

/**
 * The same for a head that goes in one request with its rows. What comes to its place by that, and may not, is among
 * what has changed once more.
 */
export function headRowsWithTail(write: RoomWrite, eventTtlSeconds: number): Statement[] {
  const { tenantId, epoch, head } = write;
  const version = versionOf(epoch, head.position);
  const tail = {
    query: setTail,
    params: [eventTtlSeconds, version, tailText(write), tenantId, head.roomId],
  };
  const changed = [...settledBy(write), ...write.changed];
  return [...memberRows(write), tail, headRow(write, insertHeadWithTail, changed)];
}

function memberRows({ tenantId, epoch, head: { roomId }, members, removedMembers }: RoomWrite): Statement[] {
  return [
    ...members.map(({ member: { userId, ...row }, position }) => ({
      query: insertMember,
      params: [tenantId, roomId, userId, JSON.stringify(row), versionOf(epoch, position)],
    })),
    ...removedMembers.map(({ userId, position }) => ({
      query: deleteMember,
      params: [versionOf(epoch, position), tenantId, roomId, userId],
    })),
  ];
}

function headRow(
  { tenantId, epoch, head }: RoomWrite,
  query: string,
  changed: readonly ChangedMessage[],
): Statement {
  const { roomId, ...rest } = head;
  const row = [head.seq, head.number, JSON.stringify(rest), JSON.stringify(changed), head.expired?.number];
  return { query, params: [tenantId, roomId, ...row, versionOf(epoch, head.position)] };
}

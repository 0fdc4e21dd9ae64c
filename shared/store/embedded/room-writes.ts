import { rfc3339 } from "#shared/clock.ts";
import type { Database } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import { dueFrom } from "../due.ts";
import { letsGo } from "../lets-go.ts";
import { isListed } from "../listed.ts";
import type { EventRow, RoomWrite } from "../store.ts";
import { versionOf } from "../version.ts";
import { createCallWriter } from "./calls.ts";

/** A deleted room is in no list. */
const archivedAt = "CASE WHEN head ->> '$.deleted' THEN NULL ELSE head ->> '$.closedAt' END";

const shownOfHead = `room_ref, listed, expired_number, expired_seq, ${archivedAt} AS closed_at`;

const upsertHead = `
  INSERT INTO store_rooms (tenant_id, room_id, version, seq, number, listed, head, partition, due_at,
    expired_number, expired_seq)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (tenant_id, room_id) DO UPDATE SET version = excluded.version, seq = excluded.seq,
    number = excluded.number, listed = excluded.listed, head = excluded.head, partition = excluded.partition,
    due_at = excluded.due_at, expired_number = excluded.expired_number, expired_seq = excluded.expired_seq
  WHERE excluded.version >= version
  RETURNING ${shownOfHead}`;

// Of two rows of one position a removal wins, as it does in Cassandra.
const upsertMember = `
  INSERT INTO store_members (room_ref, user_id, tenant_id, version, listed, closed_at, member)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (room_ref, user_id) DO UPDATE SET version = excluded.version, listed = excluded.listed,
    closed_at = excluded.closed_at, member = excluded.member, forgotten_at = NULL
  WHERE excluded.version > version OR (excluded.version = version AND member IS NOT NULL)`;

const upsertMessage = `
  INSERT INTO store_messages (room_ref, number, version, message_id, seq, countable, message, thread_id,
    revised, more_reactions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)
  ON CONFLICT (room_ref, number) DO UPDATE SET version = excluded.version, message_id = excluded.message_id,
    seq = excluded.seq, countable = excluded.countable, message = excluded.message,
    thread_id = excluded.thread_id, revised = excluded.revised, more_reactions = excluded.more_reactions
  WHERE excluded.version >= version`;

const changeMessage = `
  UPDATE store_messages SET version = ?1, message = ?2, revised = ?3, more_reactions = ?4
  WHERE room_ref = ?5 AND number = ?6 AND version <= ?1`;

const upsertVersion = `
  INSERT INTO store_message_versions (room_ref, number, seq, version, content) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (room_ref, number, seq) DO UPDATE SET version = excluded.version, content = excluded.content
  WHERE excluded.version >= version`;

const upsertEvent = `
  INSERT INTO store_events (room_ref, seq, version, countable, position, at, event) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (room_ref, seq) DO UPDATE SET version = excluded.version, countable = excluded.countable,
    position = excluded.position, at = excluded.at, event = excluded.event
  WHERE excluded.version >= version`;

const retellEvent = `
  UPDATE store_events SET version = ?1, event = ?2 WHERE room_ref = ?3 AND seq = ?4 AND version <= ?1`;

// The row stays, so that an older one cannot bring it back.
const eraseVersions = `
  UPDATE store_message_versions SET version = ?1, content = '' WHERE room_ref = ?2 AND number = ?3 AND version <= ?1`;

// The row stays for a while, so that an older one cannot bring it back.
const forgetMember = `
  UPDATE store_members SET version = ?1, forgotten_at = ?2
  WHERE room_ref = ?3 AND user_id = ?4 AND member IS NULL AND version <= ?1`;
const pruneForgotten = "DELETE FROM store_members WHERE forgotten_at < ?";
/** Longer than the commands are kept that made what is older. */
const forgottenMs = 864_000_000;

/** Old events go as new ones come: after every so many of a room, up to twice as many of its oldest. */
const eventsBetweenPrunes = 256;

/** Writes what became of rooms, all of it in one transaction. */
export function createRoomWriter(
  database: Database,
  eventRetentionSeconds: number = limits.eventRetentionSeconds,
): (writes: readonly RoomWrite[]) => void {
  const head = database.prepare(upsertHead);
  const storedHead = database.prepare(
    `SELECT ${shownOfHead} FROM store_rooms WHERE tenant_id = ? AND room_id = ?`,
  );
  const member = database.prepare(upsertMember);
  const listing = database.prepare(
    `UPDATE store_members SET listed = ?1, closed_at = ?2
     WHERE room_ref = ?3 AND member IS NOT NULL AND (listed <> ?1 OR closed_at IS NOT ?2)`,
  );
  const message = database.prepare(upsertMessage);
  const changed = database.prepare(changeMessage);
  const messageVersion = database.prepare(upsertVersion);
  const event = database.prepare(upsertEvent);
  const retell = database.prepare(retellEvent);
  const erase = database.prepare(eraseVersions);
  const forget = database.prepare(forgetMember);
  const forgotten = database.prepare(pruneForgotten);
  const expire = ["store_messages", "store_message_versions"].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE room_ref = ? AND number <= ?`),
  );
  const expireEvents = database.prepare("DELETE FROM store_events WHERE room_ref = ? AND seq <= ?");
  const writeCalls = createCallWriter(database);
  const oldestEvent = database.prepare("SELECT at FROM store_events WHERE room_ref = ? ORDER BY seq LIMIT 1");
  const prune = database.prepare(
    `DELETE FROM store_events WHERE room_ref = ?1 AND at < ?2 AND seq < ?3
     AND seq IN (SELECT seq FROM store_events WHERE room_ref = ?1 ORDER BY seq LIMIT ${2 * eventsBetweenPrunes})`,
  );

  function writeHead({ tenantId, epoch, partition, head: row }: RoomWrite) {
    const version = versionOf(epoch, row.position);
    const { roomId } = row;
    const listed = isListed(row) ? 1 : 0;
    const json = JSON.stringify(row);
    const expired = [row.expired?.number ?? 0, row.expired?.seq ?? 0];
    const place = [tenantId, roomId, version, row.seq, row.number, listed];
    const taken = head.get(...place, json, partition, dueFrom(row), ...expired);
    const stored = taken ?? storedHead.get(tenantId, roomId);
    const closedAt = stored?.closed_at ?? null;
    const gone = { number: Number(stored?.expired_number), seq: Number(stored?.expired_seq) };
    const isStale = taken === undefined;
    return { ref: Number(stored?.room_ref), listed: Number(stored?.listed), closedAt, gone, isStale };
  }

  function writeRoom(write: RoomWrite): void {
    const { tenantId, epoch } = write;
    const { ref, listed, closedAt, gone, isStale } = writeHead(write);
    for (const { position, member: row } of write.members) {
      const json = JSON.stringify(row);
      member.run(ref, row.userId, tenantId, versionOf(epoch, position), listed, closedAt, json);
    }
    for (const { position, userId } of write.removedMembers) {
      member.run(ref, userId, tenantId, versionOf(epoch, position), 0, null, null);
    }
    for (const { position, userId, at } of write.forgotten) {
      forget.run(versionOf(epoch, position), at, ref, userId);
      forgotten.run(rfc3339(Date.parse(at) - forgottenMs));
    }
    if (write.listing !== null) listing.run(listed, closedAt, ref);
    for (const { position, message: row, countable } of write.messages) {
      const version = versionOf(epoch, position);
      message.run(ref, row.number, version, row.id, row.seq, countable, JSON.stringify(row), row.threadId);
    }
    for (const { version, message: row, revised, moreReactions } of write.changed) {
      const more = moreReactions === null ? null : JSON.stringify(moreReactions);
      changed.run(version, JSON.stringify(row), revised, more, ref, row.number);
    }
    for (const { position, number, content } of write.versions) {
      messageVersion.run(ref, number, content.seq, versionOf(epoch, position), JSON.stringify(content));
    }
    for (const { position, event: row, countable } of write.events) {
      event.run(ref, row.seq, versionOf(epoch, position), countable, position, row.at, JSON.stringify(row));
    }
    for (const { version, event: row } of write.retold)
      retell.run(version, JSON.stringify(row), ref, row.seq);
    for (const { version, message: row } of write.changed) {
      if (row.erased === true) erase.run(version, ref, row.number);
    }
    writeCalls(ref, write);
    // A stale writer may have brought some of it back.
    if (letsGo(write) || isStale) {
      for (const statement of expire) statement.run(ref, gone.number);
      expireEvents.run(ref, gone.seq);
    }
    pruneEvents(ref, write.events);
  }

  /** The room's newest event is the clock: no timer, and a room nobody writes to stays as it is. */
  function pruneEvents(ref: number, events: readonly EventRow[]): void {
    const newest = events.at(-1)?.event;
    if (newest === undefined || !events.some(({ event: { seq } }) => seq % eventsBetweenPrunes === 0)) return;
    const before = new Date(Date.parse(newest.at) - eventRetentionSeconds * 1_000).toISOString();
    // Most rooms have nothing so old, and to look through many events for it takes a millisecond.
    if (String(oldestEvent.get(ref)?.at) >= before) return;
    prune.run(ref, before, newest.seq);
  }

  return (writes) => {
    database.transaction(() => {
      for (const write of writes) writeRoom(write);
    });
  };
}

import type { Database } from "#shared/embedded/database.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { Message, MessageVersion } from "#shared/protocol/resources.ts";
import { fromJson } from "../from-json.ts";
import { messageRange } from "../message-range.ts";
import type { EventRow, FoundMessages, MessageRow, Store } from "../store.ts";

type MessagePage = { before?: number; after?: number; limit: number };

/** Named, as the planner would rather walk the room's messages in order. */
const byIdIndex = "INDEXED BY store_messages_by_id WHERE room_ref = ? AND message_id = ?";

/** The history of a room: its messages and its durable events. */
export function createMessageReads(database: Database) {
  const room = database.prepare(
    "SELECT room_ref, number, expired_number FROM store_rooms WHERE tenant_id = ? AND room_id = ?",
  );
  const range = database.prepare(
    `SELECT message, countable, seq, revised, more_reactions FROM store_messages WHERE room_ref = ? AND number >= ? AND number <= ?
     ORDER BY number DESC`,
  );
  const inThread = database.prepare(
    `SELECT message, countable, seq, revised, more_reactions FROM store_messages
     WHERE room_ref = ? AND thread_id = ? AND number <= ? ORDER BY number DESC LIMIT ?`,
  );
  const byId = database.prepare(
    `SELECT seq, revised, more_reactions, countable, message FROM store_messages ${byIdIndex} AND number <= ?
     ORDER BY number LIMIT 1`,
  );
  const placeById = database.prepare(
    `SELECT number, seq FROM store_messages ${byIdIndex} AND number <= ?
     ORDER BY number LIMIT 1`,
  );
  const events = database.prepare(
    `SELECT event, countable, position FROM store_events
     WHERE room_ref = (SELECT room_ref FROM store_rooms WHERE tenant_id = ?1 AND room_id = ?2) AND seq > ?3
       AND seq <= (SELECT seq FROM store_rooms WHERE tenant_id = ?1 AND room_id = ?2)
     ORDER BY seq LIMIT ?4`,
  );

  const versions = database.prepare(
    `SELECT content FROM store_message_versions
     WHERE room_ref = (SELECT room_ref FROM store_rooms WHERE tenant_id = ?1 AND room_id = ?2) AND number = ?3
       AND content <> '' AND seq > ?4 AND seq <= (SELECT seq FROM store_rooms WHERE tenant_id = ?1 AND room_id = ?2)
     ORDER BY seq LIMIT ?5`,
  );

  function find(tenantId: string, roomId: string): { ref: number; newest: number; expired: number } | null {
    const row = room.get(tenantId, roomId);
    if (row === undefined) return null;
    return { ref: Number(row.room_ref), newest: Number(row.number), expired: Number(row.expired_number) };
  }

  return {
    page(tenantId: string, roomId: string, page: MessagePage): MessageRow[] {
      const found = find(tenantId, roomId);
      const numbers = found === null ? null : messageRange(page, found.newest, found.expired);
      if (found === null || numbers === null) return [];
      return range.all(found.ref, numbers.from, numbers.to).map(messageRow);
    },

    one(tenantId: string, roomId: string, messageId: string): MessageRow | null {
      const found = find(tenantId, roomId);
      const row = found === null ? undefined : byId.get(found.ref, messageId, found.newest);
      return row === undefined ? null : messageRow(row);
    },

    thread(
      tenantId: string,
      roomId: string,
      { rootId, before = Number.POSITIVE_INFINITY, limit }: Parameters<Store["readThread"]>[2],
    ): MessageRow[] {
      const found = find(tenantId, roomId);
      if (found === null) return [];
      return inThread.all(found.ref, rootId, Math.min(found.newest, before - 1), limit).map(messageRow);
    },

    versions(
      tenantId: string,
      roomId: string,
      { number, afterSeq, limit }: { number: number; afterSeq: number; limit: number },
    ): MessageVersion[] {
      return versions
        .all(tenantId, roomId, number, afterSeq, limit)
        .map(({ content }) => fromJson<MessageVersion>(content));
    },

    find(tenantId: string, roomId: string, messageIds: readonly string[]): FoundMessages {
      const places = new Map<string, { number: number; seq: number }>();
      const found = find(tenantId, roomId);
      if (found === null) return { places, expired: 0 };
      for (const id of messageIds) {
        const row = placeById.get(found.ref, id, found.newest);
        if (row !== undefined) places.set(id, { number: Number(row.number), seq: Number(row.seq) });
      }
      return { places, expired: found.expired };
    },

    events(
      tenantId: string,
      roomId: string,
      { afterSeq, limit }: { afterSeq: number; limit: number },
    ): EventRow[] {
      return events.all(tenantId, roomId, afterSeq, limit).map(({ event, countable, position }) => ({
        event: fromJson<DurableEvent>(event),
        countable: Number(countable),
        position: Number(position),
      }));
    },
  };
}

function messageRow(row: Record<string, unknown>): MessageRow {
  const { message, countable, seq, revised, more_reactions: more } = row;
  return {
    message: fromJson<Message>(message),
    countable: Number(countable),
    revised: Number(revised ?? seq),
    moreReactions: more === null ? null : fromJson(more),
  };
}

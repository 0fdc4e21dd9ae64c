import type { DurableEvent } from "#shared/protocol/events.ts";
import { fromJson } from "../from-json.ts";
import type { EventRow } from "../store.ts";
import { bucketOf } from "./buckets.ts";
import { Coalescer } from "./coalesce.ts";
import { toNumber } from "./columns.ts";
import { readNewest } from "./newest.ts";
import type { Row, Session } from "./session.ts";
import { eventsBehind } from "./tail.ts";

const selectEvents = `SELECT event, countable, position FROM events
  WHERE tenant_id = ? AND room_id = ? AND bucket = ? AND seq > ? AND seq <= ? LIMIT ?`;
const selectAny = "SELECT seq FROM events WHERE tenant_id = ? AND room_id = ? AND bucket = ? LIMIT 1";

interface Room {
  readonly tenantId: string;
  readonly roomId: string;
}

interface EventPage {
  readonly afterSeq: number;
  readonly limit: number;
}

/** Durable events by seq, as far back as they are kept. */
export class EventReads {
  readonly #session: Session;
  readonly #pages = new Coalescer<EventRow[]>();

  constructor(session: Session) {
    this.#session = session;
  }

  page(room: Room, page: EventPage): Promise<EventRow[]> {
    const key = JSON.stringify([room.tenantId, room.roomId, page.afterSeq, page.limit]);
    return this.#pages.read(key, () => this.#readPage(room, page));
  }

  async #readPage(room: Room, { afterSeq, limit }: EventPage): Promise<EventRow[]> {
    const newest = await readNewest(this.#session, room.tenantId, room.roomId);
    const after = Math.max(0, afterSeq);
    if (newest === null || after >= newest.seq || limit < 1) return [];
    const first = bucketOf(after + 1);
    const last = bucketOf(newest.seq);
    const read = (bucket: number, wanted: number) =>
      this.#bucket(room, bucket, { after, upTo: newest.seq, limit: wanted });

    const events = await read(first, limit);
    let bucket = events.length > 0 ? first + 1 : await this.#firstKept(room, first + 1, last);
    for (; bucket <= last && events.length < limit; bucket++) {
      events.push(...(await read(bucket, limit - events.length)));
    }
    if (events.length === limit) return events;
    return [...events, ...eventsBehind(events, after, newest.seq, newest.tail)].slice(0, limit);
  }

  async #bucket(
    { tenantId, roomId }: Room,
    bucket: number,
    { after, upTo, limit }: { after: number; upTo: number; limit: number },
  ): Promise<EventRow[]> {
    const rows = await this.#session.rows(selectEvents, [tenantId, roomId, bucket, after, upTo, limit]);
    return rows.map(eventRow);
  }

  /**
   * The first bucket, from one to the other, in which anything is left; the one past the last when all are empty.
   * Events expire from the oldest on and seq has no holes, so it is found by halving, not by trying them all.
   */
  async #firstKept({ tenantId, roomId }: Room, from: number, to: number): Promise<number> {
    let low = from;
    let high = to + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const kept = await this.#session.first(selectAny, [tenantId, roomId, middle]);
      if (kept === null) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function eventRow({ event, countable, position }: Row): EventRow {
  return {
    event: fromJson<DurableEvent>(event),
    countable: toNumber(countable),
    position: toNumber(position),
  };
}

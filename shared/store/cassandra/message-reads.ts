import { limits } from "#shared/limits.ts";
import type { Message, MessageVersion } from "#shared/protocol/resources.ts";
import { fromJson } from "../from-json.ts";
import { type MessageRange, messageRange } from "../message-range.ts";
import type { FoundMessages, MessageRow, Store, StoredRoom } from "../store.ts";
import { mapBounded } from "./bounded.ts";
import { bucketOf, integersBetween, spanOf, withinBucket } from "./buckets.ts";
import { Coalescer } from "./coalesce.ts";
import { toNumber } from "./columns.ts";
import { type Newest, readNewest } from "./newest.ts";
import type { Row, Session } from "./session.ts";
import { messagesInTail, versionsInTail } from "./tail.ts";

const inRange = "tenant_id = ? AND room_id = ? AND bucket = ? AND number >= ? AND number <= ?";
const selectMessages = `SELECT message, countable, seq, revised, more_reactions FROM messages WHERE ${inRange}`;
const selectPlaces = `SELECT message_id, number, seq FROM messages WHERE ${inRange}`;
const selectVersions = `SELECT content FROM message_versions
  WHERE tenant_id = ? AND room_id = ? AND bucket = ? AND number = ? AND seq > ? AND seq <= ? LIMIT ?`;
const selectIndex = `SELECT message_id, number, seq FROM message_index
  WHERE tenant_id = ? AND room_id = ? AND span = ? AND message_id IN ?`;

const selectNumbered = `SELECT message, countable, seq, revised, more_reactions FROM messages
  WHERE tenant_id = ? AND room_id = ? AND bucket = ? AND number IN ?`;
const selectThread = `SELECT number FROM thread_messages
  WHERE tenant_id = ? AND room_id = ? AND root_id = ? AND number <= ? LIMIT ?`;

/** Message ids asked for in one request: the longest are 26 bytes, so the request stays small. */
const idsPerRequestMax = 100;

interface Place {
  readonly number: number;
  readonly seq: number;
}

type MessagePage = { before?: number; after?: number; limit: number };

/** The history's messages: by number and by id, never beyond what the head says. */
export class MessageReads {
  readonly #session: Session;
  readonly #pages = new Coalescer<MessageRow[]>();

  constructor(session: Session) {
    this.#session = session;
  }

  page(tenantId: string, roomId: string, page: MessagePage): Promise<MessageRow[]> {
    const key = JSON.stringify([tenantId, roomId, page.before, page.after, page.limit]);
    return this.#pages.read(key, () => this.#readPage(tenantId, roomId, page));
  }

  async one(tenantId: string, roomId: string, messageId: string): Promise<MessageRow | null> {
    const { places, newest } = await this.#indexed(tenantId, roomId, [messageId]);
    const place = places.get(messageId);
    const rows =
      place === undefined
        ? []
        : await this.#range(tenantId, roomId, { from: place.number, to: place.number });
    const found = rows.map(messageRow).find(({ message }) => message.id === messageId);
    const row = found ?? findInTail(newest, [messageId])[0];
    return row === undefined || newest === null ? null : asChanged(newest)(row);
  }

  /**
   * Newest first. What a writer of an earlier epoch left behind may name a number that is another message's by now: it
   * counts only when the message agrees.
   */
  async thread(
    tenantId: string,
    roomId: string,
    { rootId, before = Number.POSITIVE_INFINITY, limit }: Parameters<Store["readThread"]>[2],
  ): Promise<MessageRow[]> {
    const newest = await readNewest(this.#session, tenantId, roomId);
    if (newest === null) return [];
    const found: MessageRow[] = [];
    for (let to = Math.min(newest.number, before - 1); found.length < limit; ) {
      const rows = await this.#session.rows(selectThread, [tenantId, roomId, rootId, to, limit]);
      const numbers = rows.map(({ number }) => toNumber(number));
      const messages = await this.#numbered(tenantId, roomId, numbers);
      found.push(...messages.filter(({ message }) => message.threadId === rootId));
      const last = numbers.at(-1);
      if (last === undefined || numbers.length < limit) break;
      to = last - 1;
    }
    return found.slice(0, limit).map(asChanged(newest));
  }

  /** What a message said before each of its changes. */
  async versions(
    tenantId: string,
    roomId: string,
    { number, afterSeq, limit }: { number: number; afterSeq: number; limit: number },
  ): Promise<MessageVersion[]> {
    const newest = await readNewest(this.#session, tenantId, roomId);
    if (newest === null) return [];
    const place = [tenantId, roomId, bucketOf(number), number];
    const rows = await this.#session.rows(selectVersions, [...place, afterSeq, newest.seq, limit]);
    const versions = rows.map(({ content }) => fromJson<MessageVersion>(content));
    const last = versions.at(-1)?.seq ?? afterSeq;
    const behind = versionsInTail(newest.tail, number).filter(({ seq }) => seq > last && seq <= newest.seq);
    return [...versions, ...behind].slice(0, limit);
  }

  /**
   * The index may hold what a writer of an earlier epoch left behind, whose number is another message's by now:
   * what it says counts only when the message agrees.
   */
  async find(tenantId: string, roomId: string, messageIds: readonly string[]): Promise<FoundMessages> {
    const { places, newest } = await this.#indexed(tenantId, roomId, messageIds);
    const found = await mapBounded([...places], limits.storeReadsPerCallMax, async ([id, { number }]) => {
      const params = [tenantId, roomId, bucketOf(number), number, number];
      const row = await this.#session.first(selectPlaces, params);
      return row?.message_id === id ? ([id, placeOf(row)] as const) : null;
    });
    const inTables = new Map(found.filter((entry) => entry !== null));
    const others = messageIds.filter((id) => !inTables.has(id));
    const inTail = findInTail(newest, others).map(({ message: { id, number, seq } }) => {
      return [id, { number, seq }] as const;
    });
    return { places: new Map([...inTables, ...inTail]), expired: newest?.expired ?? 0 };
  }

  /** The places of the newest messages up to `newest`, oldest first. */
  async recent(tenantId: string, roomId: string, newest: number): Promise<StoredRoom["recent"]> {
    const range = messageRange({ limit: limits.recentMessageIdsMax }, newest);
    if (range === null) return [];
    const rows = await this.#range(tenantId, roomId, range, selectPlaces);
    return rows.map((row) => ({ messageId: String(row.message_id), ...placeOf(row) })).reverse();
  }

  async #readPage(tenantId: string, roomId: string, page: MessagePage): Promise<MessageRow[]> {
    const newest = await readNewest(this.#session, tenantId, roomId);
    const range = newest === null ? null : messageRange(page, newest.number, newest.expired);
    if (newest === null || range === null) return [];
    const rows = (await this.#range(tenantId, roomId, range)).map(messageRow);
    return [...messagesAhead(rows, range, newest), ...rows].map(asChanged(newest));
  }

  /** Newest first. */
  async #numbered(tenantId: string, roomId: string, numbers: readonly number[]): Promise<MessageRow[]> {
    const buckets = [...Map.groupBy(numbers, bucketOf)];
    const parts = await mapBounded(buckets, limits.storeReadsPerCallMax, ([bucket, some]) =>
      this.#session.rows(selectNumbered, [tenantId, roomId, bucket, some]),
    );
    return parts
      .flat()
      .map(messageRow)
      .sort((a, b) => b.message.number - a.message.number);
  }

  /** Rows by number, newest first. */
  async #range(
    tenantId: string,
    roomId: string,
    range: MessageRange,
    query = selectMessages,
  ): Promise<Row[]> {
    const buckets = integersBetween(bucketOf(range.from), bucketOf(range.to)).reverse();
    const parts = await mapBounded(buckets, limits.storeReadsPerCallMax, (bucket) => {
      const { from, to } = withinBucket(bucket, range);
      return this.#session.rows(query, [tenantId, roomId, bucket, from, to]);
    });
    return parts.flat();
  }

  /**
   * Where the index says that these are, and what changed with the head. Nearly every room has one span: it is asked
   * along with the head.
   */
  async #indexed(
    tenantId: string,
    roomId: string,
    messageIds: readonly string[],
  ): Promise<{ places: Map<string, Place>; newest: Newest | null }> {
    const ids = [...new Set(messageIds)];
    const [newest, first] = await Promise.all([
      readNewest(this.#session, tenantId, roomId),
      this.#span(tenantId, roomId, 0, ids),
    ]);
    if (newest === null) return { places: new Map(), newest };
    const others = await mapBounded(
      integersBetween(1, spanOf(newest.number)),
      limits.storeReadsPerCallMax,
      (span) => this.#span(tenantId, roomId, span, ids),
    );
    const places = [first, ...others].flat().map((row) => [String(row.message_id), placeOf(row)] as const);
    return { places: new Map(places.filter(([, { number }]) => number <= newest.number)), newest };
  }

  async #span(tenantId: string, roomId: string, span: number, ids: readonly string[]): Promise<Row[]> {
    const rows: Row[] = [];
    for (let start = 0; start < ids.length; start += idsPerRequestMax) {
      const some = ids.slice(start, start + idsPerRequestMax);
      rows.push(...(await this.#session.rows(selectIndex, [tenantId, roomId, span, some])));
    }
    return rows;
  }
}

function messageRow({ message, countable, seq, revised, more_reactions: more }: Row): MessageRow {
  return {
    message: fromJson<Message>(message),
    countable: toNumber(countable),
    revised: toNumber(revised ?? seq),
    moreReactions: more ? fromJson(more) : null,
  };
}

/** The head was read first: of what changed with it, the rows have the same or what came after. */
function asChanged({ changed }: Newest): (row: MessageRow) => MessageRow {
  return (row) => {
    const found = changed.find(({ message }) => message.id === row.message.id);
    if (found === undefined || found.revised <= row.revised) return row;
    const { version: _, ...now } = found;
    return now;
  };
}

/** What is missing in front of these rows, newest first. */
function messagesAhead(
  rows: readonly MessageRow[],
  { from, to }: MessageRange,
  newest: Newest,
): MessageRow[] {
  const first = rows[0]?.message.number ?? from - 1;
  if (first >= to) return [];
  return messagesInTail(newest.tail)
    .filter(({ message: { number } }) => number > first && number <= to)
    .reverse();
}

function findInTail(newest: Newest | null, ids: readonly string[]): MessageRow[] {
  const tail = typeof newest?.tail === "string" ? newest.tail : "";
  // Asked on each send in a long-lived room, mostly in vain.
  if (!ids.some((id) => tail.includes(id))) return [];
  return messagesInTail(tail).filter(({ message }) => ids.includes(message.id));
}

function placeOf({ number, seq }: Row): Place {
  return { number: toNumber(number), seq: toNumber(seq) };
}

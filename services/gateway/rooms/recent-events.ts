import { limits } from "#shared/limits.ts";
import type { EventRow } from "#shared/store/store.ts";
import { type QuotingStore, readToldEvents } from "../reads/quotes.ts";
import type { EventFrame } from "../session/frame.ts";

export type PastEvent = Pick<EventRow, "event" | "countable">;

export interface RecentEventsDeps {
  readonly store: QuotingStore;
  readonly metrics: {
    readonly pastEvents: { inc(labels: { from: "memory" | "history" }, n: number): void };
    readonly historyReads: { inc(): void };
  };
}

interface Page {
  readonly afterSeq: number;
  readonly limit: number;
}

interface Read extends Page {
  readonly events: Promise<readonly PastEvent[]>;
  /** Something was taken back since it began. */
  outdated: boolean;
}

interface KeptEvent extends PastEvent {
  readonly bytes: number;
}

/** Of one room: events without a hole, ascending. */
interface Kept {
  readonly events: KeptEvent[];
  bytes: number;
}

/** What these speak of may not be shown as it was: the history says what is left of it. */
const takesBack: ReadonlySet<string> = new Set([
  "message.updated",
  "message.deleted",
  "messages.expired",
  "room.deleted",
]);

/**
 * The newest events of the rooms that this gateway follows, so that clients which come back in a crowd are told what
 * they missed from memory. What is not there is read from the history once for all who need it.
 *
 * Whether somebody may hear of a room is found out before, from the store, for each who asks.
 */
export class RecentEvents {
  readonly #deps: RecentEventsDeps;
  /** Rooms with an open feed: nothing is kept of others, as what is taken back there is not heard of. */
  readonly #followed = new Set<string>();
  /** The room that was silent for longest first. */
  readonly #kept = new Map<string, Kept>();
  readonly #reads = new Map<string, readonly Read[]>();
  #bytes = 0;

  constructor(deps: RecentEventsDeps) {
    this.#deps = deps;
  }

  /** Of all events that are kept, as they are sent. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A feed of the room is open. */
  follow(tenantId: string, roomId: string): void {
    this.#followed.add(`${tenantId}/${roomId}`);
  }

  /** Its feed is over. */
  forget(tenantId: string, roomId: string): void {
    const key = `${tenantId}/${roomId}`;
    this.#followed.delete(key);
    this.#drop(key);
  }

  /** A feed passes this on. */
  passed(frame: EventFrame): void {
    const { event, countable } = frame;
    if (!("seq" in event)) return;
    const key = `${event.tenantId}/${event.roomId}`;
    if (takesBack.has(event.type)) this.#drop(key);
    this.#keep(key, [{ event, countable, bytes: frame.plain().byteLength }]);
  }

  /** As the store's. Nothing waits between finding that nobody reads a page and reading it: a crowd asks at once. */
  async readEvents(tenantId: string, roomId: string, page: Page): Promise<readonly PastEvent[]> {
    const key = `${tenantId}/${roomId}`;
    const kept = whole(this.#kept.get(key)?.events ?? [], page);
    if (kept !== null) return this.#fromMemory(kept);
    const read = this.#reads.get(key)?.find((other) => !other.outdated && holds(other, page));
    const shared = read === undefined ? null : whole(await read.events.catch(() => []), page);
    // It may have begun before the newest was there.
    return shared === null ? await this.#read(tenantId, roomId, page) : this.#fromMemory(shared);
  }

  async #read(tenantId: string, roomId: string, page: Page): Promise<readonly PastEvent[]> {
    const key = `${tenantId}/${roomId}`;
    const { metrics, store } = this.#deps;
    metrics.historyReads.inc();
    const read: Read = {
      ...page,
      events: readToldEvents(store, { tenantId, roomId }, page),
      outdated: false,
    };
    this.#reads.set(key, [...(this.#reads.get(key) ?? []), read]);
    try {
      const events = await read.events;
      metrics.pastEvents.inc({ from: "history" }, events.length);
      if (!read.outdated) this.#keep(key, events.map(measured));
      return events;
    } finally {
      const others = (this.#reads.get(key) ?? []).filter((other) => other !== read);
      if (others.length === 0) this.#reads.delete(key);
      else this.#reads.set(key, others);
    }
  }

  #fromMemory(events: readonly PastEvent[]): readonly PastEvent[] {
    this.#deps.metrics.pastEvents.inc({ from: "memory" }, events.length);
    return events;
  }

  /** Adds what goes on from what is kept, in front or behind; what leaves a hole begins anew. */
  #keep(key: string, events: readonly KeptEvent[]): void {
    const [first, last] = [events[0]?.event.seq, events.at(-1)?.event.seq];
    if (first === undefined || last === undefined || !this.#followed.has(key)) return;
    const before = this.#kept.get(key);
    const oldest = before?.events[0]?.event.seq ?? first;
    const newest = before?.events.at(-1)?.event.seq ?? first - 1;
    if (first > newest + 1 || last < oldest - 1) this.#drop(key);

    const kept = this.#kept.get(key) ?? { events: [], bytes: 0 };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const isNew = kept.events.length === 0;
    const ahead = isNew ? [] : events.filter(({ event }) => event.seq < oldest);
    const behind = isNew ? events : events.filter(({ event }) => event.seq > newest);
    if (ahead.length > 0) kept.events.unshift(...ahead);
    kept.events.push(...behind);
    for (const { bytes } of [...ahead, ...behind]) this.#count(kept, bytes);
    this.#shrink(kept);
  }

  #shrink(kept: Kept): void {
    while (kept.events.length > limits.resumeEventsMax || kept.bytes > limits.recentRoomBytesMax) {
      this.#count(kept, -(kept.events.shift()?.bytes ?? 0));
    }
    for (const silent of this.#kept.keys()) {
      if (this.#bytes <= limits.recentEventsBytesMax) break;
      this.#drop(silent);
    }
  }

  #drop(key: string): void {
    for (const read of this.#reads.get(key) ?? []) read.outdated = true;
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#count(kept, -kept.bytes);
    this.#kept.delete(key);
  }

  #count(kept: Kept, bytes: number): void {
    kept.bytes += bytes;
    this.#bytes += bytes;
  }
}

/** All of a page, or null. */
function whole(events: readonly PastEvent[], { afterSeq, limit }: Page): readonly PastEvent[] | null {
  const skipped = afterSeq + 1 - (events[0]?.event.seq ?? 0);
  return skipped < 0 || events.length < skipped + limit ? null : events.slice(skipped, skipped + limit);
}

function holds(outer: Page, inner: Page): boolean {
  return outer.afterSeq <= inner.afterSeq && outer.afterSeq + outer.limit >= inner.afterSeq + inner.limit;
}

function measured({ event, countable }: PastEvent): KeptEvent {
  return { event, countable, bytes: Buffer.byteLength(JSON.stringify(event)) };
}

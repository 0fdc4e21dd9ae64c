import { pause, type Timers } from "#shared/clock.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { type QuotingStore, readToldEvents } from "../reads/quotes.ts";
import { EventFrame } from "../session/frame.ts";
import type { Session } from "../session/session.ts";

const pageEvents = 100;
const attemptsMax = 5;
const pauseMs = 200;

export interface FeedDeps {
  readonly store: QuotingStore;
  readonly clock: Timers;
  readonly metrics: { healedEvents: { inc(n: number): void }; deliveries: { inc(n: number): void } };
  readonly logger: { warn(fields: object, message: string): void };
  /** Is told of each event before the sessions are. */
  readonly passing: (frame: EventFrame) => void;
}

/**
 * One room as it comes in at this gateway, for all its sessions: each event once and in order. What comes again is
 * dropped; a hole is filled from the history, which holds whatever was ever sent. While that is read, events that
 * arrive only say how far to read.
 */
export class RoomFeed {
  readonly tenantId: string;
  readonly roomId: string;
  readonly sessions = new Set<Session>();
  readonly #deps: FeedDeps;
  /** The newest event passed on; null until the owner of the room has said where it stands. */
  #seq: number | null = null;
  /** The newest event known to exist. */
  #newest = 0;
  #healing = false;

  constructor(deps: FeedDeps, tenantId: string, roomId: string) {
    this.#deps = deps;
    this.tenantId = tenantId;
    this.roomId = roomId;
  }

  /** The owner's word on where the room stands: the first opens the feed, later ones reveal what was lost. */
  acknowledged(seq: number): void {
    if (this.#seq === null) this.#seq = seq;
    this.#newest = Math.max(this.#newest, seq);
    this.#healIfBehind();
  }

  receive(event: DurableEvent, countable: number): void {
    if (this.#seq === null || event.seq <= this.#seq) return;
    this.#newest = Math.max(this.#newest, event.seq);
    if (!this.#healing && event.seq === this.#seq + 1) this.#pass(event, countable);
    else this.#healIfBehind();
  }

  #pass(event: DurableEvent, countable: number): void {
    this.#seq = event.seq;
    const frame = new EventFrame(event, countable);
    this.#deps.passing(frame);
    this.#deps.metrics.deliveries.inc(this.sessions.size);
    for (const session of this.sessions) session.deliver(this.roomId, frame);
  }

  #healIfBehind(): void {
    if (this.#healing || this.#seq === null || this.#newest <= this.#seq) return;
    this.#healing = true;
    void this.#heal().finally(() => {
      this.#healing = false;
      this.#healIfBehind();
    });
  }

  async #heal(): Promise<void> {
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      try {
        if (await this.#readOn()) return;
      } catch (err) {
        this.#deps.logger.warn({ err, attempt }, "could not read the events that a feed lacks");
      }
      await pause(this.#deps.clock, pauseMs * attempt);
    }
    // The sessions come back with what they have and are told of the gap, if there is one.
    for (const session of this.sessions) session.close("unavailable");
    this.#seq = this.#newest;
  }

  /** Passes on what the history has after the newest passed on. False: it does not reach the newest known. */
  async #readOn(): Promise<boolean> {
    while (this.#seq !== null && this.#seq < this.#newest) {
      const page = { afterSeq: this.#seq, limit: pageEvents };
      const rows = await readToldEvents(this.#deps.store, this, page);
      if (rows[0]?.event.seq !== this.#seq + 1) return false;
      for (const { event, countable } of rows) this.#pass(event, countable);
      this.#deps.metrics.healedEvents.inc(rows.length);
    }
    return true;
  }
}

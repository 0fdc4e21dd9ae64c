import { type Clock, rfc3339, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { RoomDue } from "#shared/protocol/commands.ts";
import { dueFrom, dueOf } from "#shared/store/due.ts";
import type { DueRoom } from "#shared/store/listings.ts";
import type { RoomHead, Store } from "#shared/store/store.ts";
import type { RoomCache } from "./room-cache.ts";

export interface DueRoomsDeps {
  readonly store: Pick<Store, "listDue" | "readDueDone" | "setDueDone" | "readHeads">;
  readonly log: Pick<EventLog, "append">;
  readonly topics: Topics;
  readonly clock: Clock & Timers;
  readonly rooms: Pick<RoomCache, "peek">;
  readonly logger: { error(fields: object, message: string): void };
}

/** Before every room that has this due time. */
const startOf = (ms: number): DueRoom => ({ dueAt: rfc3339(ms), tenantId: "", roomId: "" });

/**
 * The rooms of one partition that change by themselves. Its owner knows those that are due soon: from the store, which
 * it reads on in between, and from the commands that it applies. When a time has come it appends `room.due`, and the
 * room's writer decides as on any command: said again after a crash, by a new owner, or for a time that was moved or
 * cancelled meanwhile, it changes nothing.
 */
export class DueRooms {
  readonly #deps: DueRoomsDeps;
  readonly #partition: number;
  /** Not appended yet, by room and time: of a room that was moved the store names the times before as well. */
  readonly #waiting = new Map<string, DueRoom>();
  /** The store was read up to here. */
  #readTo: DueRoom | null = null;
  #cancel: (() => void) | null = null;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #working = false;
  #ended = false;
  #failing = false;
  #doneSaidMs = 0;

  constructor(deps: DueRoomsDeps, partition: number) {
    this.#deps = deps;
    this.#partition = partition;
  }

  start(): void {
    this.#wakeIn(0);
  }

  stop(): void {
    this.#ended = true;
    this.#cancel?.();
    this.#waiting.clear();
  }

  /**
   * A room has another time than before. One that is far off is in the store, and read from there in time; so is one
   * that finds no place here.
   */
  set(tenantId: string, head: RoomHead): void {
    const dueAt = dueFrom(head);
    if (dueAt === null || this.#ended) return;
    const nowMs = this.#deps.clock.nowMs();
    // Twice as far as is read: what is left to the store is written long before the reading comes to it.
    if (Date.parse(dueAt) >= nowMs + 2 * limits.dueAheadMs) return;
    if (this.#isFull) {
      if (this.#readTo !== null && dueAt <= this.#readTo.dueAt) this.#readTo = startOf(Date.parse(dueAt));
      return;
    }
    this.#wait({ tenantId, roomId: head.roomId, dueAt });
    const inMs = Math.max(0, Date.parse(dueAt) - nowMs);
    if (!this.#working && nowMs + inMs < this.#wakeAtMs) this.#wakeIn(inMs);
  }

  get #isFull(): boolean {
    return this.#waiting.size >= limits.dueHeldRoomsMax;
  }

  #wait(room: DueRoom): void {
    this.#waiting.set(waitingKey(room), room);
  }

  #wakeIn(ms: number): void {
    if (this.#ended) return;
    this.#cancel?.();
    this.#wakeAtMs = this.#deps.clock.nowMs() + ms;
    this.#cancel = this.#deps.clock.after(ms, () => void this.#work());
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    let nextMs: number = limits.dueRetryMs;
    try {
      await this.#read();
      await this.#append();
      await this.#sayDone();
      nextMs = this.#nextMs();
      this.#failing = false;
    } catch (err) {
      // What is due waits for the engines. They may be away for long, which is said once.
      if (this.#failing) return;
      this.#failing = true;
      this.#deps.logger.error(
        { err, partition: this.#partition },
        "what is due could not be done; tried again",
      );
    } finally {
      this.#working = false;
      this.#wakeIn(nextMs);
    }
  }

  /** Until the next is due, or the store is to be read on. */
  #nextMs(): number {
    const nowMs = this.#deps.clock.nowMs();
    // What found no place in memory may have been due for long; it waits for a place.
    const isBehind = this.#readTo === null || Date.parse(this.#readTo.dueAt) <= nowMs;
    const readOnMs = isBehind && !this.#isFull ? 0 : limits.dueAheadMs / 2;
    const dueMs = [...this.#waiting.values()].map(({ dueAt }) => Date.parse(dueAt) - nowMs);
    return Math.max(0, Math.min(readOnMs, ...dueMs));
  }

  async #read(): Promise<void> {
    const { store, clock } = this.#deps;
    this.#readTo ??= await this.#begin();
    const aheadMs = clock.nowMs() + limits.dueAheadMs;
    const before = rfc3339(aheadMs);
    while (!this.#ended && this.#readTo.dueAt < before && !this.#isFull) {
      const after: DueRoom = this.#readTo;
      const page = await store.listDue(this.#partition, { after, before, limit: limits.duePageRoomsMax });
      for (const room of page) this.#wait(room);
      const last = page.at(-1);
      // Whatever found no place meanwhile has put it back.
      if (this.#readTo !== after) continue;
      this.#readTo = page.length < limits.duePageRoomsMax || last === undefined ? startOf(aheadMs) : last;
    }
  }

  /** Where the owner before may not have done all. Of a partition that never had one there is nothing from before. */
  async #begin(): Promise<DueRoom> {
    const { store, clock } = this.#deps;
    const done = await store.readDueDone(this.#partition);
    if (done === null) await store.setDueDone(this.#partition, rfc3339(clock.nowMs()));
    return startOf((done === null ? clock.nowMs() : Date.parse(done)) - limits.dueBackMs);
  }

  async #append(): Promise<void> {
    const { log, topics, clock } = this.#deps;
    const at = rfc3339(clock.nowMs());
    const due = [...this.#waiting.values()].filter(({ dueAt }) => dueAt <= at);
    for (let i = 0; i < due.length && !this.#ended; i += limits.duePageRoomsMax) {
      const slice = due.slice(i, i + limits.duePageRoomsMax);
      const still = await this.#stillDue(slice, at);
      if (this.#ended) return;
      const records = still.map((room) => ({
        topic: topics.commands,
        partition: this.#partition,
        key: `${room.tenantId}/${room.roomId}`,
        value: JSON.stringify(commandOf(room, at)),
      }));
      if (records.length > 0) await log.append(records);
      for (const room of slice) this.#waiting.delete(waitingKey(room));
    }
  }

  /** What the store named may be another time's, or done by the owner before. */
  async #stillDue(rooms: readonly DueRoom[], at: string): Promise<DueRoom[]> {
    const heads = await Promise.all(
      [...Map.groupBy(rooms, ({ tenantId }) => tenantId)].map(async ([tenantId, ofTenant]) => {
        const known = ofTenant.map(({ roomId }) => this.#deps.rooms.peek(tenantId, roomId)?.state?.head);
        const unknown = ofTenant.filter((_, i) => known[i] === undefined);
        const read = (
          await this.#deps.store.readHeads(
            tenantId,
            unknown.map(({ roomId }) => roomId),
          )
        ).values();
        return ofTenant.map((room, i) => ({ room, head: known[i] ?? read.next().value ?? null }));
      }),
    );
    return heads.flat().flatMap(({ room, head }) => {
      const due = head === null ? null : dueOf(head);
      return due !== null && due <= at ? [room] : [];
    });
  }

  /** For the next owner, now and then. */
  async #sayDone(): Promise<void> {
    const { store, clock } = this.#deps;
    const nowMs = clock.nowMs();
    if (this.#ended || nowMs - this.#doneSaidMs < limits.dueAheadMs / 2) return;
    const ahead = [...this.#waiting.values(), ...(this.#readTo === null ? [] : [this.#readTo])];
    const doneMs = Math.min(nowMs, ...ahead.map(({ dueAt }) => Date.parse(dueAt)));
    await store.setDueDone(this.#partition, rfc3339(doneMs));
    this.#doneSaidMs = nowMs;
  }
}

const waitingKey = ({ tenantId, roomId, dueAt }: DueRoom) => `${tenantId}/${roomId}/${dueAt}`;

function commandOf({ tenantId, roomId }: DueRoom, at: string): RoomDue {
  return { v: 1, type: "room.due", tenantId, roomId, at, actor: { kind: "server", userId: null } };
}

import { type DurableEvent, type RoomGapFrame, type RoomSummary, resumeRoomsMax } from "./wire.ts";

export type ResumeState = Record<string, number>;

/** What to do with an event, by its seq. */
export type Verdict =
  | { readonly type: "deliver" }
  | { readonly type: "duplicate" }
  /** Something is missing: resume to get it. */
  | { readonly type: "hole"; readonly expected: number }
  /** It was missing after the resume too: tell the application, and go on. */
  | { readonly type: "lost"; readonly gap: RoomGapFrame };

interface Cursor {
  seq: number;
  /**
   * listed: the server counts the room as open. unlisted: it did not at the last handshake, and what was missed of
   * the room is on its way. parked: closed, so there is nothing to resume, but it may be reopened. left: the user or
   * the room is gone; the cursor only tells a repeat from a return.
   */
  state: "listed" | "unlisted" | "parked" | "left";
  /** The seq that was missing when the last connection was given up for it. */
  holeAt: number | null;
  /** Tells a room from another of the same id after it; null: not known yet. */
  createdAt: string | null;
}

/**
 * How far the application has each room. A cursor moves when an event was handed over, so that whoever starts again
 * from it misses nothing. Kept by the client, as any gateway may be the next.
 */
export class Resume {
  readonly #cursors = new Map<string, Cursor>();

  constructor(initial: ResumeState = {}) {
    for (const [roomId, seq] of Object.entries(initial)) this.#put(roomId, seq, "listed", null);
  }

  /** What the next handshake says, and what an application keeps. */
  get state(): ResumeState {
    const state: ResumeState = {};
    let named = 0;
    // The newest last in the map: past the server's bound, the rooms that were silent for longest are left out.
    for (const [roomId, cursor] of [...this.#cursors].reverse()) {
      if (!resumed(cursor) || named === resumeRoomsMax) continue;
      state[roomId] = cursor.seq;
      named += 1;
    }
    return state;
  }

  clear(): void {
    this.#cursors.clear();
  }

  /**
   * Takes the handshake's rooms: a room without a cursor starts at its newest event.
   *
   * @returns a gap for each room that is another one by now, with the same id and lower numbers; and for each that was
   * closed and opened again while nobody was connected, as it was not resumed.
   */
  greeted(rooms: readonly RoomSummary[]): RoomGapFrame[] {
    const gaps: RoomGapFrame[] = [];
    const open = new Set<string>();
    for (const { roomId, seq, createdAt } of rooms) {
      open.add(roomId);
      const cursor = this.#cursors.get(roomId);
      // A server that lags behind may name an older seq of the same room: that takes nothing back.
      if (cursor && (seq >= cursor.seq || cursor.createdAt === createdAt)) {
        // Left, and back: as with a new room, the client starts where the server does.
        if (cursor.state === "left" && seq > cursor.seq) cursor.seq = seq;
        if (cursor.state === "parked" && seq > cursor.seq) {
          gaps.push({ type: "room.gap", roomId, fromSeq: cursor.seq + 1, toSeq: seq });
          cursor.seq = seq;
        }
        cursor.state = "listed";
        cursor.createdAt = createdAt;
        continue;
      }
      if (cursor) gaps.push({ type: "room.gap", roomId, fromSeq: 1, toSeq: seq });
      this.#put(roomId, seq, "listed", createdAt);
    }
    for (const [roomId, cursor] of this.#cursors) {
      if (open.has(roomId) || !resumed(cursor)) continue;
      // Unlisted twice: what there was to resume was said after the first time, unless that connection ended too soon.
      cursor.state = cursor.state === "unlisted" ? "parked" : "unlisted";
    }
    return gaps;
  }

  judge({ type, roomId, seq }: Pick<DurableEvent, "type" | "roomId" | "seq">): Verdict {
    const cursor = this.#cursors.get(roomId);
    // The user has just come to this room: it starts here.
    if (!cursor || seq === cursor.seq + 1) return { type: "deliver" };
    if (cursor.state === "left" && (seq > cursor.seq || type === "room.created")) return { type: "deliver" };
    if (seq <= cursor.seq) return { type: "duplicate" };
    const expected = cursor.seq + 1;
    if (cursor.holeAt === expected) {
      return { type: "lost", gap: { type: "room.gap", roomId, fromSeq: expected, toSeq: seq - 1 } };
    }
    cursor.holeAt = expected;
    if (cursor.state === "parked") cursor.state = "listed";
    return { type: "hole", expected };
  }

  /** The event was handed over. */
  passed(event: DurableEvent, userId: string): void {
    const { roomId, seq } = event;
    if (event.type === "room.deleted" || (event.type === "member.removed" && event.userId === userId)) {
      this.leave(roomId, seq);
      return;
    }
    this.advance(roomId, seq);
    if (event.type === "room.closed") this.park(roomId);
    if (event.type === "room.reopened") this.unpark(roomId);
  }

  /** Everything up to `seq` was handed over, or is known to be lost. */
  advance(roomId: string, seq: number): void {
    const cursor = this.#cursors.get(roomId);
    const state = cursor === undefined || cursor.state === "left" ? "listed" : cursor.state;
    this.#put(roomId, seq, state, cursor?.createdAt ?? null);
  }

  park(roomId: string): void {
    const cursor = this.#cursors.get(roomId);
    if (cursor) cursor.state = "parked";
  }

  unpark(roomId: string): void {
    const cursor = this.#cursors.get(roomId);
    if (cursor) cursor.state = "listed";
  }

  leave(roomId: string, seq: number): void {
    this.#put(roomId, seq, "left", null);
  }

  #put(roomId: string, seq: number, state: Cursor["state"], createdAt: string | null): void {
    this.#cursors.delete(roomId);
    this.#cursors.set(roomId, { seq, state, holeAt: null, createdAt });
    if (this.#cursors.size > cursorsMax) this.#evict();
  }

  #evict(): void {
    for (const wanted of ["left", "parked", "unlisted", "listed"] as const) {
      for (const [roomId, cursor] of this.#cursors) {
        if (cursor.state === wanted) {
          this.#cursors.delete(roomId);
          return;
        }
      }
    }
  }
}

function resumed(cursor: Cursor): boolean {
  return cursor.state === "listed" || cursor.state === "unlisted";
}

/** The open rooms, and as many closed ones. Past it the closed room that was silent for longest goes. */
const cursorsMax = 2 * resumeRoomsMax;

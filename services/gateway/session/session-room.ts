import { limits } from "#shared/limits.ts";
import { refusalOf, type Standing, standingOf } from "#shared/protocol/capabilities.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { ownReadNumber, readCountableIn } from "#shared/store/shown.ts";
import type { MemberRow, RoomHead } from "#shared/store/store.ts";
import type { EventFrame } from "./frame.ts";
import { countsAsUnread, saidBy } from "./hidden.ts";

const none: readonly string[] = [];

/** Something that came in while the room was being synced. */
interface Waiting {
  readonly frame: EventFrame;
  /** With receipts: where their member stood. */
  readonly marker: Marker | null;
}

/** Where a member stands in a room, as of an event of it. */
export interface Marker {
  readonly readCountable: number;
  readonly countable: number;
  readonly seq: number;
}

/**
 * One room of one session: how far its client has been told, and its user's read marker. While missed events are
 * read from the history, what comes in live waits here.
 */
export class SessionRoom {
  /** The newest event that was sent. */
  seq = 0;
  readCountable = 0;
  /** The room's, as far as its client knows of it. */
  countable = 0;
  /** What its user is there, by all that was seen of the room; null: not known. */
  standing: Standing | null = null;
  /** Those whom its user blocks there; most block nobody. */
  blocked: readonly string[] = none;
  /** Its channel is held for the session. */
  held = false;
  /** The user was let in (again) by this event, told of before the end of the time before was. */
  joinedSeq = 0;
  /** As of which event `readCountable` is known: what is older says nothing of it any more. */
  #markerSeq = 0;
  /** Up to where its user had read when it was taken in. */
  #takenAt = 0;
  #waiting: Waiting[] | null = [];

  /** By all that was seen of the room, its user may send there now; false: ask. */
  get maySend(): boolean {
    return this.standing !== null && refusalOf("message.send", this.standing) === null;
  }

  /** What the store says of its user. A live event may have been ahead of it. */
  take(head: RoomHead, member: MemberRow): void {
    const { countable, seq } = head;
    this.stands({ readCountable: readCountableIn(head, member), countable, seq });
    this.blocked = member.settings?.blocked ?? none;
    this.#takenAt = ownReadNumber(member);
    this.standing = standingOf({ type: head.type, state: head.state, role: member.role });
  }

  /** What is too old to be kept counts no more. Where that is not all that follows, its user is told apart. */
  expire(countable: number): void {
    this.readCountable = Math.max(this.readCountable, countable);
  }

  /** Something of the room is passed on: what its user may do there can follow from it. */
  follow(event: DurableEvent, userId: string): void {
    if (this.standing === null) return;
    switch (event.type) {
      case "room.frozen":
        this.standing = standingOf({ ...this.standing, state: "frozen" });
        return;
      case "room.closed":
        this.standing = standingOf({ ...this.standing, state: "closed" });
        return;
      case "room.reopened":
        this.standing = standingOf({ ...this.standing, state: "open" });
        return;
      case "room.deleted":
        this.standing = null;
        return;
      case "member.updated":
        if (event.userId === userId) this.standing = standingOf({ ...this.standing, role: event.role });
        return;
      case "member.removed":
        if (event.userId === userId) this.standing = null;
        return;
    }
  }

  /** Keeps something for later. False: too much waits; the session must start anew. */
  hold(frame: EventFrame, marker: Marker | null): boolean {
    if (this.#waiting === null || this.#waiting.length >= limits.handshakeBufferEventsMax) return false;
    this.#waiting.push({ frame, marker });
    return true;
  }

  hides(event: DurableEvent): boolean {
    const sender = saidBy(event);
    return sender !== null && this.blocked.includes(sender);
  }

  /** An event that is hidden from its user is passed on: what does not count for it counts for the room. */
  passHidden(event: DurableEvent, countable: number): void {
    this.countable = Math.max(this.countable, countable);
    if (countsAsUnread(event) && event.seq > this.#markerSeq) {
      this.#markerSeq = event.seq;
      this.readCountable += 1;
    }
  }

  /** What is hidden of missed events, and counted out already, is counted in again until each has been passed. */
  rewind(missed: readonly { readonly event: DurableEvent }[]): (event: DurableEvent) => void {
    const counted = ({ event }: { readonly event: DurableEvent }) =>
      event.type === "message.created" &&
      event.number > this.#takenAt &&
      countsAsUnread(event) &&
      this.hides(event);
    const hidden = new Set(missed.filter(counted).map(({ event }) => event.seq));
    this.readCountable -= hidden.size;
    return ({ seq }) => {
      if (hidden.has(seq)) this.readCountable += 1;
    };
  }

  /** Its user's marker was moved, forward or back. */
  stands({ readCountable, countable, seq }: Marker): void {
    this.countable = Math.max(this.countable, countable);
    if (seq < this.#markerSeq) return;
    this.#markerSeq = seq;
    this.readCountable = readCountable;
  }

  get syncing(): boolean {
    return this.#waiting !== null;
  }

  /** Ends the wait. Returns what waited, in order. */
  goLive(): Waiting[] {
    const waited = this.#waiting ?? [];
    this.#waiting = null;
    return waited;
  }
}

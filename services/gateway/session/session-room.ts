import { limits } from "#shared/limits.ts";
import type { EventFrame } from "./frame.ts";

/** Something that came in while the room was being synced. */
interface Waiting {
  readonly frame: EventFrame;
  /** With receipts: the marker that moved. */
  readonly readCountable: number | null;
}

/**
 * One room of one session: how far its client has been told, and its user's read marker. While missed events are
 * read from the history, what comes in live waits here.
 */
export class SessionRoom {
  /** The newest event that was sent. */
  seq = 0;
  readCountable = 0;
  /** By all that was seen of the room, its user may send there now; false: ask. */
  maySend = false;
  /** Its channel is held for the session. */
  held = false;
  /** The user was let in (again) by this event, told of before the end of the time before was. */
  joinedSeq = 0;
  #waiting: Waiting[] | null = [];

  /** Keeps something for later. False: too much waits; the session must start anew. */
  hold(frame: EventFrame, readCountable: number | null): boolean {
    if (this.#waiting === null || this.#waiting.length >= limits.handshakeBufferEventsMax) return false;
    this.#waiting.push({ frame, readCountable });
    return true;
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

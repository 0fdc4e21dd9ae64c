import { randomBytes } from "node:crypto";
import type { CloseReason } from "#shared/errors/close-codes.ts";
import { limits } from "#shared/limits.ts";
import { withCapabilities } from "#shared/protocol/socket-events.ts";
import { unreadOf } from "#shared/store/shown.ts";
import type { Watching } from "../presence/watching.ts";
import { quotedBy, withoutQuote } from "../reads/quotes.ts";
import { EventFrame } from "./frame.ts";
import { hiddenEvent } from "./hidden.ts";
import { type Marker, SessionRoom } from "./session-room.ts";
import { SessionTyping } from "./session-typing.ts";

/** The socket, as its session sees it. */
export interface Peer {
  /** @param taken is called when the network has taken the frame, or the socket is gone. */
  send(frame: string | Buffer, taken?: () => void): void;
  /** Sends what may be missed, unless its reader is behind. */
  signal(frame: string | Buffer): void;
  close(reason: CloseReason): void;
  /** Resolves when most of what was sent has been taken, or the socket is gone. */
  drained(): Promise<void>;
  readonly lastHeardMs: number;
}

/**
 * A room has closed, or its user was removed, and the client has been told.
 *
 * @param again the user has been let in again by this event, or the room has opened; null where not.
 */
export type RoomOver = (session: Session, roomId: string, again: number | null) => void;

export interface Identity {
  readonly tenantId: string;
  readonly userId: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** A connected user on one socket. Holds nothing that a client could not bring along to another gateway. */
export class Session {
  /** Many are kept for long: a UUID is left by Node in twelve pieces. */
  readonly id = randomBytes(16).toString("base64url");
  readonly tenantId: string;
  readonly userId: string;
  readonly rooms = new Map<string, SessionRoom>();
  /** Its user's own channel is held for it. */
  held = false;
  /** Where its client says that its user types. */
  readonly typing = new SessionTyping();
  /** Whose presence its client wants to know; null until it asks for any. */
  watching: Watching | null = null;
  /** Its client has been told `connected`: nothing else may come before. */
  live = false;
  /** Its socket is gone. */
  ended = false;
  readonly #peer: Peer;
  readonly #over: RoomOver;
  /** Of most sessions there is none. */
  #told: Map<string, number> | null = null;
  #whenResumed: (() => void)[] = [];
  #isResumed = false;
  #identity: Identity;

  /** @param over is told when its user has no part in a room any more. */
  constructor(identity: Identity, peer: Peer, over: RoomOver) {
    this.tenantId = identity.tenantId;
    this.userId = identity.userId;
    this.#identity = identity;
    this.#peer = peer;
    this.#over = over;
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** A new token of the same user: the session lives on. */
  refresh(identity: Identity): void {
    this.#identity = identity;
  }

  /** `connected` is on its way. */
  start(): void {
    this.live = true;
  }

  /** All that its client had missed is on its way. */
  resumed(): void {
    this.#isResumed = true;
    for (const resolve of this.#whenResumed) resolve();
    this.#whenResumed = [];
  }

  /** Resolves when its client has been told `connected`, and all that it had missed. */
  whenResumed(): Promise<void> {
    if (this.#isResumed) return Promise.resolve();
    return new Promise((resolve) => this.#whenResumed.push(resolve));
  }

  /** A room whose events it will hear. */
  enter(roomId: string): SessionRoom {
    const room = new SessionRoom();
    this.#told?.delete(roomId);
    this.rooms.set(roomId, room);
    return room;
  }

  /** A room that it hears no more of. */
  leave(roomId: string): void {
    this.rooms.delete(roomId);
  }

  /** How far its client was told of a room that is not among its rooms now; null where nothing is known. */
  told(roomId: string): number | null {
    return this.#told?.get(roomId) ?? null;
  }

  remember(roomId: string, seq: number): void {
    this.#told ??= new Map();
    this.#told.set(roomId, seq);
    const oldest = this.#told.keys().next();
    if (this.#told.size > limits.resumeRoomsMax && !oldest.done) this.#told.delete(oldest.value);
  }

  send(frame: string | Buffer): void {
    this.#peer.send(frame);
  }

  /** What nobody misses when it is lost: typing, presence. The first to go when its client reads slowly. */
  signal(frame: string | Buffer): void {
    this.#peer.signal(frame);
  }

  /** Sends and waits until the network has taken it: keeps a long resume from filling the outbox. */
  async sendAndWait(frame: string | Buffer): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#peer.send(frame, resolve);
    await promise;
  }

  /** Resolves when the network has taken most of what was sent: keeps a long resume from filling the outbox. */
  drained(): Promise<void> {
    return this.#peer.drained();
  }

  get lastHeardMs(): number {
    return this.#peer.lastHeardMs;
  }

  close(reason: CloseReason): void {
    this.#peer.close(reason);
  }

  /** An event of one of its rooms: sent once, in order, or kept while the room is being synced. */
  deliver(roomId: string, frame: EventFrame): void {
    const room = this.rooms.get(roomId);
    if (room === undefined) return;
    if (room.syncing) this.#hold(room, frame, null);
    else this.#sendLive(roomId, room, frame);
  }

  /** Somebody's marker moved. Its own user's sessions are told what is unread now. */
  deliverReceipt(roomId: string, frame: EventFrame, marker: Marker): void {
    const room = this.rooms.get(roomId);
    const { event } = frame;
    if (room === undefined || "seq" in event) return;
    if (room.syncing) {
      this.#hold(room, frame, marker);
      return;
    }
    if (event.userId === this.userId) room.stands(marker);
    if (event.type === "room.filtered") room.blocked = event.blocked;
    if (event.type === "receipt.delivered") this.send(frame.plain());
    else this.send(frame.withUnread(unreadOf(Math.max(frame.countable, room.countable), room)));
  }

  /** Somebody began or stopped typing in one of its rooms. Of no use to one that is still being told what was. */
  deliverTyping(roomId: string, frame: EventFrame): void {
    const { event } = frame;
    const room = this.rooms.get(roomId);
    if (room?.syncing !== false) return;
    if (event.type !== "typing.started" && event.type !== "typing.stopped") return;
    const isHidden = event.userId === this.userId || room.blocked.includes(event.userId);
    if (!isHidden) this.signal(frame.plain());
  }

  /** Missed events have been sent: what waited follows, and from now on everything as it comes. */
  goLive(roomId: string, room: SessionRoom): void {
    for (const { frame, marker } of room.goLive()) {
      if (marker === null) this.deliver(roomId, frame);
      else this.deliverReceipt(roomId, frame, marker);
    }
  }

  /** Sends an event, live or of the past, if it is newer than what the client has. False: it is not. */
  sendEvent(room: SessionRoom, frame: EventFrame): boolean {
    const { event } = frame;
    if ("seq" in event) {
      if (event.seq <= room.seq) return false;
      room.seq = event.seq;
      this.watching?.passing(event);
      room.follow(event, this.userId);
      if (room.hides(event)) {
        room.passHidden(event, frame.countable);
        this.send(JSON.stringify(hiddenEvent(event)));
        return true;
      }
    }
    if (event.type === "messages.expired") {
      room.expire(event.countable);
      this.send(frame.withUnread(unreadOf(Math.max(frame.countable, room.countable), room)));
      return true;
    }
    if (event.type !== "message.created") {
      const isOwn = withCapabilities.has(event.type);
      this.send(isOwn ? frame.withCapabilities(room.standing?.capabilities ?? []) : frame.plain());
      return true;
    }
    const { countable } = frame;
    room.countable = Math.max(room.countable, countable);
    if (event.senderId === this.userId) {
      room.stands({ readCountable: countable, countable, seq: event.seq });
      this.typing.stopped(event.roomId);
    }
    const quoted = quotedBy(event);
    const isHidden = quoted !== null && room.blocked.includes(quoted);
    const shown = isHidden ? new EventFrame(withoutQuote(event), countable) : frame;
    this.send(shown.withUnread(unreadOf(countable, room)));
    return true;
  }

  #sendLive(roomId: string, room: SessionRoom, frame: EventFrame): void {
    if (!this.sendEvent(room, frame)) return;
    const { event } = frame;
    const isClosed = event.type === "room.closed" || event.type === "room.deleted";
    const isRemoved = event.type === "member.removed" && event.userId === this.userId;
    if (!isClosed && !isRemoved) return;
    // A member of a closed room goes on from here when it opens; what happens without a member is not its to hear.
    if (isClosed) this.remember(roomId, room.seq);
    this.#over(this, roomId, room.joinedSeq > room.seq ? room.joinedSeq : null);
  }

  #hold(room: SessionRoom, frame: EventFrame, marker: Marker | null): void {
    if (!room.hold(frame, marker)) this.close("internal");
  }
}

import type { Clock, Timers } from "#shared/clock.ts";
import { type Channel, roomChannel, userChannel } from "#shared/inbox/channel.ts";
import type { TypingEvent } from "#shared/protocol/events.ts";
import type { DeliveryItem } from "#shared/protocol/records.ts";
import type { Presences } from "../presence/presences.ts";
import { EventFrame } from "../session/frame.ts";
import type { Resync } from "../session/resync.ts";
import type { Session } from "../session/session.ts";
import { Typers } from "../typing/typers.ts";
import { type FeedDeps, RoomFeed } from "./feed.ts";
import type { Interests } from "./interests.ts";
import type { RecentEvents } from "./recent-events.ts";

export interface HubDeps extends Omit<FeedDeps, "passing"> {
  readonly clock: Clock & Timers;
  readonly recent: Pick<RecentEvents, "follow" | "passed" | "forget">;
  readonly resync: Pick<Resync, "add">;
}

/** What comes in at this gateway's inbox, handed to the sessions that it concerns. */
export class Hub {
  readonly #deps: FeedDeps;
  readonly #recent: HubDeps["recent"];
  readonly #feeds = new Map<string, RoomFeed>();
  /** Most users have one session, and a list of one is small. */
  readonly #users = new Map<string, readonly Session[]>();
  readonly #typers: Typers;
  readonly #resync: HubDeps["resync"];
  /** A user's set of rooms grew while connected. */
  readonly #joined: (session: Session, roomId: string, seq: number) => void;
  #interests: Interests | null = null;
  #presences: Presences | null = null;

  constructor(deps: HubDeps, joined: (session: Session, roomId: string, seq: number) => void) {
    this.#typers = new Typers({ clock: deps.clock, show: (event) => this.#showTyping(event) });
    this.#recent = deps.recent;
    this.#resync = deps.resync;
    this.#deps = { ...deps, passing: (frame) => this.#passing(frame) };
    this.#joined = joined;
  }

  use(interests: Interests, presences: Presences): void {
    this.#interests = interests;
    this.#presences = presences;
  }

  /** The user's sessions on this gateway. */
  sessionsOf(tenantId: string, userId: string): readonly Session[] {
    return this.#users.get(`${tenantId}/${userId}`) ?? [];
  }

  /** From when this resolves, the session hears of what concerns its user. */
  async addSession(session: Session): Promise<void> {
    const { tenantId, userId } = session;
    this.#users.set(`${tenantId}/${userId}`, [...this.sessionsOf(tenantId, userId), session]);
    await this.#held().hold([userChannel(tenantId, userId)]);
    session.held = true;
    if (session.ended) this.removeSession(session);
  }

  /** From when this resolves, every new event of these rooms reaches the session, or waits in its SessionRoom. */
  async addRooms(session: Session, roomIds: readonly string[]): Promise<void> {
    const { tenantId } = session;
    const channels = roomIds.map((roomId) => roomChannel(tenantId, roomId));
    for (const roomId of roomIds) this.#feed(tenantId, roomId).sessions.add(session);
    await this.#held().hold(channels);
    for (const channel of channels) this.#keepHold(session, channel);
    // The socket may have gone while the owners answered.
    if (session.ended) this.removeSession(session);
  }

  /** The session hears no more of a room. */
  removeRoom(session: Session, roomId: string): void {
    const { tenantId } = session;
    const isHeld = session.rooms.get(roomId)?.held ?? false;
    session.leave(roomId);
    this.#feeds.get(`${tenantId}/${roomId}`)?.sessions.delete(session);
    if (isHeld) this.#held().release([roomChannel(tenantId, roomId)]);
  }

  /** Gives back all that the session held. May be called again. */
  removeSession(session: Session): void {
    const { tenantId, userId } = session;
    const others = this.sessionsOf(tenantId, userId).filter((other) => other !== session);
    if (others.length === 0) this.#users.delete(`${tenantId}/${userId}`);
    else this.#users.set(`${tenantId}/${userId}`, others);
    const channels = session.held ? [userChannel(tenantId, userId)] : [];
    session.held = false;
    for (const [roomId, room] of session.rooms) {
      this.#feeds.get(`${tenantId}/${roomId}`)?.sessions.delete(session);
      if (room.held) channels.push(roomChannel(tenantId, roomId));
      room.held = false;
    }
    this.#held().release(channels);
  }

  /** Interest in a room has ended: nothing of it will come in. */
  forget(tenantId: string, roomId: string): void {
    this.#feeds.delete(`${tenantId}/${roomId}`);
    this.#recent.forget(tenantId, roomId);
    this.#typers.forget(tenantId, roomId);
  }

  stop(): void {
    this.#typers.stop();
  }

  receive(items: readonly DeliveryItem[]): void {
    for (const item of items) this.#receive(item);
  }

  #receive(item: DeliveryItem): void {
    switch (item.type) {
      case "event":
        this.#feeds.get(`${item.event.tenantId}/${item.event.roomId}`)?.receive(item.event, item.countable);
        return;
      case "transient":
        this.#receiveTransient(item);
        return;
      case "settings":
        // Of whom a member sees what may have changed with what another wants.
        for (const { watching } of this.#feeds.get(`${item.tenantId}/${item.roomId}`)?.sessions ?? []) {
          watching?.judgeAnew(item.userId);
        }
        return;
      case "joined":
        for (const session of this.sessionsOf(item.tenantId, item.userId)) {
          this.#joined(session, item.roomId, item.seq);
        }
        return;
      case "revoked":
        for (const session of this.sessionsOf(item.tenantId, item.userId)) {
          if (session.identity.issuedAtMs <= Date.parse(item.before)) session.close("token_revoked");
        }
        return;
      case "interest.ack": {
        const channel = { tenantId: item.tenantId, channel: item.channel, id: item.id };
        if (item.seq !== null) this.#feeds.get(`${item.tenantId}/${item.id}`)?.acknowledged(item.seq);
        if (item.online !== undefined) {
          this.#presences?.stands({ tenantId: item.tenantId, userId: item.id }, item.online, null);
        }
        const isRepeated = this.#held().acknowledged(channel, item.seq);
        if (isRepeated && item.isNew === true) this.#untold(channel);
        return;
      }
      case "presence":
        this.#presences?.stands(item, item.online, item.at);
        return;
      case "interest.lost":
        void this.#held().announceAgain(item.partition);
        return;
      case "reply":
        return; // Gateways ask for none.
    }
  }

  /** Of a channel nothing was told for a while. What the history keeps is found; of the rest nothing says what it was. */
  #untold({ tenantId, channel, id }: Channel): void {
    if (channel === "user") this.#resync.add(this.sessionsOf(tenantId, id));
    if (channel === "room") this.#resync.add(this.#feeds.get(`${tenantId}/${id}`)?.sessions ?? []);
  }

  #receiveTransient(item: Extract<DeliveryItem, { type: "transient" }>): void {
    const { event } = item;
    if (event.type === "typing.started" || event.type === "typing.stopped") {
      // Of a room that nobody here is in any more nothing is kept.
      if (this.#feeds.has(`${event.tenantId}/${event.roomId}`)) this.#typers.receive(event);
      return;
    }
    const frame = new EventFrame(event, item.marker?.countable ?? 0);
    if (event.type === "user.updated" && item.to === "room") {
      const feed = this.#feeds.get(`${event.tenantId}/${event.roomId}`);
      for (const session of feed?.sessions ?? []) session.deliver(event.roomId, frame);
      return;
    }
    if (item.marker === undefined) {
      for (const session of this.sessionsOf(event.tenantId, event.userId)) {
        if (event.type === "observer.removed") this.#putOut(session, event.roomId, frame);
        else if (session.live) session.send(frame.plain());
      }
      return;
    }
    const sessions = this.#feeds.get(`${event.tenantId}/${event.roomId}`)?.sessions ?? [];
    for (const session of sessions) {
      if (item.to === "room" || session.userId === event.userId)
        session.deliverReceipt(event.roomId, frame, item.marker);
    }
  }

  /** Of an observer no event says that it is out. */
  #putOut(session: Session, roomId: string, frame: EventFrame): void {
    const room = session.rooms.get(roomId);
    if (room === undefined) return;
    // Let in again, it goes on from here.
    if (!room.syncing) session.remember(roomId, room.seq);
    this.removeRoom(session, roomId);
    session.watching?.roomsChanged();
    if (session.live) session.send(frame.plain());
  }

  #showTyping(event: TypingEvent): void {
    const frame = new EventFrame(event, 0);
    const sessions = this.#feeds.get(`${event.tenantId}/${event.roomId}`)?.sessions ?? [];
    for (const session of sessions) session.deliverTyping(event.roomId, frame);
  }

  /** The room may have been left, or left and entered again, while its owner answered. */
  #keepHold(session: Session, channel: Channel): void {
    const room = session.rooms.get(channel.id);
    if (room === undefined || room.held) this.#held().release([channel]);
    else room.held = true;
  }

  #feed(tenantId: string, roomId: string): RoomFeed {
    const key = `${tenantId}/${roomId}`;
    const feed = this.#feeds.get(key) ?? new RoomFeed(this.#deps, tenantId, roomId);
    this.#feeds.set(key, feed);
    this.#recent.follow(tenantId, roomId);
    return feed;
  }

  #passing(frame: EventFrame): void {
    if ("seq" in frame.event) this.#typers.passing(frame.event);
    this.#recent.passed(frame);
  }

  #held(): Interests {
    if (this.#interests === null) throw new Error("the hub is not open yet");
    return this.#interests;
  }
}

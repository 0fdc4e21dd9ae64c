import { systemClock } from "#shared/clock.ts";
import type { Channel } from "#shared/inbox/channel.ts";
import { roomChannel } from "#shared/inbox/channel.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { isListed } from "#shared/store/listed.ts";
import type { Store } from "#shared/store/store.ts";
import { base, batchOf, commands, gateway, owner, topics } from "../../../services/fanout/testing/owner.ts";
import { server } from "../../../services/fanout/testing/random-commands.ts";
import type { Presences } from "../../../services/gateway/presence/presences.ts";
import { readOpenRooms, roomSummary } from "../../../services/gateway/reads/room-summary.ts";
import { unreadTotalOf } from "../../../services/gateway/reads/unread.ts";
import { Hub } from "../../../services/gateway/rooms/hub.ts";
import type { Interests } from "../../../services/gateway/rooms/interests.ts";
import { RecentEvents } from "../../../services/gateway/rooms/recent-events.ts";
import { handshake } from "../../../services/gateway/session/handshake.ts";
import { Session } from "../../../services/gateway/session/session.ts";

export const users = ["ann", "bob", "cem", "dee"] as const;
const { tenantId, roomId } = base;

type Heard = { readonly type: string; readonly seq?: number; readonly unread?: number } & Record<
  string,
  unknown
>;

/** What one user's device knows, by the rules alone: who said what, and how far it has read. */
class Reader {
  readonly session: Session;
  unread: number | null = null;
  #place = 0;
  readonly #userId: string;
  readonly #said: (upTo: number) => readonly Said[];
  readonly #wrong: string[];
  #newest = 0;
  #blocked: readonly string[] = [];

  constructor(
    userId: string,
    deps: { said: (upTo: number) => readonly Said[]; wrong: string[]; hub: () => Hub },
  ) {
    this.#userId = userId;
    this.#said = deps.said;
    this.#wrong = deps.wrong;
    const peer = {
      send: (frame: string | Buffer, taken?: () => void) => {
        this.#hear(JSON.parse(frame.toString()) as Heard);
        taken?.();
      },
      signal: () => undefined,
      close: (reason: string) => void deps.wrong.push(`${userId} was closed: ${reason}`),
      drained: async () => undefined,
      lastHeardMs: 0,
    };
    const identity = { tenantId, userId, issuedAtMs: 0, expiresAtMs: 1 };
    this.session = new Session(identity, peer, (of, room) => deps.hub().removeRoom(of, room));
  }

  /** What counts for it, of all that it knows of. */
  get counted(): number {
    return this.#said(this.#newest).filter(
      ({ number, counts, senderId }) =>
        counts &&
        number > this.#place &&
        senderId !== this.#userId &&
        !this.#blocked.includes(senderId ?? ""),
    ).length;
  }

  /** Whom its user blocks, when it connects. */
  blocks(others: readonly string[]): void {
    this.#blocked = others;
  }

  #hear(frame: Heard): void {
    const isOwn = frame.userId === this.#userId;
    if (frame.type === "connected") {
      const room = (frame.rooms as { number: number; readNumber: number; unread: number }[])[0];
      if (room === undefined) return;
      this.#newest = room.number;
      this.#place = room.readNumber;
      this.unread = room.unread;
    } else if (frame.type === "event.hidden") {
      this.#newest = Number(frame.number ?? this.#newest);
    } else if (frame.type === "room.filtered") {
      this.#blocked = frame.blocked as string[];
    } else if (frame.type === "message.created") {
      this.#newest = Number(frame.number);
      if (frame.senderId === this.#userId) this.#place = this.#newest;
    } else if (frame.type === "receipt.read" && isOwn) this.#place = Number(frame.number);
    else if (frame.type === "receipt.unread") {
      if (!isOwn) this.#wrong.push(`${this.#userId} was told that ${frame.userId} went back`);
      this.#place = Number(frame.number) - 1;
    }
    if (frame.unread !== undefined && frame.type !== "connected") {
      this.unread = frame.unread;
      if (this.unread !== this.counted)
        this.#wrong.push(
          `${this.#userId} was told ${this.unread} where ${this.counted} count: ${JSON.stringify(frame)}`,
        );
    }
  }
}

interface Said {
  readonly number: number;
  readonly senderId: string | null;
  readonly counts: boolean;
}

/** One room's owner and one gateway, each as it is, and nothing between them but what they say. */
export class GatewayBesideLane {
  /** What contradicts the rules, as it was told. */
  readonly wrong: string[] = [];
  readonly #store: Store;
  readonly #past: RecentEvents;
  readonly #hub: Hub;
  readonly #readers = new Map<string, Reader>();
  #said: Said[] = [];
  #owner: ReturnType<typeof owner>;
  #position = 0;
  #taken = { items: 0, events: 0 };

  constructor(store: Store) {
    this.#store = store;
    this.#owner = owner(store);
    const count = { inc: () => undefined };
    const metrics = { healedEvents: count, deliveries: count, pastEvents: count, historyReads: count };
    const logger = { warn: (fields: object) => void this.wrong.push(JSON.stringify(fields)) };
    this.#past = new RecentEvents({ store, metrics });
    const resync = { add: () => undefined };
    const deps = { store, clock: systemClock, metrics, logger, recent: this.#past, resync };
    this.#hub = new Hub(deps, () => undefined);
    const interests = {
      hold: async (channels: readonly Channel[]) => {
        for (const { channel, id } of channels) if (channel === "room") await this.#acknowledge(id);
      },
      release: () => undefined,
      acknowledged: () => undefined,
    } as unknown as Interests;
    this.#hub.use(interests, {} as Presences);
  }

  newOwner(): void {
    this.#owner = owner(this.#store);
    this.#taken = { items: 0, events: 0 };
  }

  async process(given: readonly RoomCommand[]): Promise<void> {
    const { lane } = this.#owner;
    const channel = roomChannel(tenantId, roomId);
    await lane.caughtUp();
    await lane.process(batchOf(topics.interest, 0, [{ v: 1, type: "interest", ...channel, ...gateway }]));
    await lane.process(commands(this.#position, given));
    this.#position += given.length;
    const [events, items] = [this.#owner.events(), this.#owner.items()];
    for (const event of events.slice(this.#taken.events)) this.#happened(event);
    this.#hub.receive(items.slice(this.#taken.items).filter(({ type }) => type !== "interest.ack"));
    this.#taken = { items: items.length, events: events.length };
    await this.#bringBack();
  }

  /** Messages up to this one are too old. */
  async expire(number: number): Promise<void> {
    const at = "2026-01-01T03:00:00.000Z";
    await this.process([{ ...base, type: "messages.expire", at, actor: server, number }]);
  }

  /** A device of the user, in place of the one before. */
  async comes(userId: string): Promise<void> {
    const before = this.#readers.get(userId);
    if (before !== undefined) {
      before.session.ended = true;
      this.#hub.removeSession(before.session);
    }
    const reader = new Reader(userId, {
      said: (upTo) => this.#said.filter(({ number }) => number <= upTo),
      wrong: this.wrong,
      hub: () => this.#hub,
    });
    this.#readers.set(userId, reader);
    const member = await this.#store.readMember(tenantId, roomId, userId);
    reader.blocks(member?.settings?.blocked ?? []);
    const connect = { type: "connect" as const, token: "token" };
    await handshake({ store: this.#store, hub: this.#hub, past: this.#past }, reader.session, connect);
  }

  /** What the user was told last, what counts by the rules, and what a list says now. */
  async unreadOf(userId: string) {
    const rooms = await readOpenRooms(this.#store, tenantId, userId);
    const reader = this.#readers.get(userId);
    if (reader === undefined || rooms[0] === undefined) return { heard: 0, counted: 0, listed: 0, total: 0 };
    const listed = roomSummary(rooms[0]).unread;
    const total = roomSummary(rooms[0]).muted ? listed - unreadTotalOf(rooms) : unreadTotalOf(rooms);
    return { heard: reader.unread, counted: reader.counted, listed, total };
  }

  #happened(event: DurableEvent): void {
    if (event.type === "messages.expired") {
      this.#said = this.#said.filter(({ number }) => number > event.number);
    }
    if (event.type !== "message.created" || this.#said.some(({ number }) => number === event.number)) return;
    const { number, senderId, kind, silent } = event;
    this.#said.push({ number, senderId, counts: kind !== "system" && !silent });
  }

  async #acknowledge(id: string): Promise<void> {
    const [head] = await this.#store.readHeads(tenantId, [id]);
    this.#hub.receive([{ type: "interest.ack", ...roomChannel(tenantId, id), seq: head?.seq ?? 0 }]);
  }

  /** A client that was let in again, or whose room opened, is told so by another partition: here it comes anew. */
  async #bringBack(): Promise<void> {
    for (const [userId, { session }] of this.#readers) {
      const [row] = await this.#store.readMemberships(tenantId, userId, [roomId]);
      const isIn = row != null && row.member !== null && isListed(row.head);
      if (isIn && !session.rooms.has(roomId)) await this.comes(userId);
    }
  }
}

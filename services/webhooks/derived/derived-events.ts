import { LRUCache } from "lru-cache";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { RoomIdle } from "#shared/protocol/derived-events.ts";
import type { DurableEvent, MessageCreated } from "#shared/protocol/events.ts";
import type { RoomHead, Store } from "#shared/store/store.ts";
import type { DueRow, TailKey, ToldUser, WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";
import type { KeptWebhookEndpoint, WebhookStore } from "#shared/store/webhook-store.ts";
import type { EndpointDirectory } from "../endpoint/directory.ts";
import { oldestOf } from "../partition/rows.ts";
import { asksFor, derivedDelivery, roomOf } from "./derived-delivery.ts";
import { firstReply } from "./first-reply.ts";
import { type Timer, timerOf, timerRow } from "./timers.ts";
import { unreadIn } from "./unread.ts";

export type RoomReads = Pick<Store, "readHeads" | "readMember" | "readMembers" | "readMessages">;

interface Deps {
  readonly store: Pick<WebhookStore, "readTold" | "writeTold" | "changeDue">;
  readonly rooms: RoomReads;
  readonly clock: Clock;
  readonly directory: Pick<EndpointDirectory, "find">;
}

interface Made {
  readonly endpoint: KeptWebhookEndpoint;
  readonly row: WebhookDeliveryRow;
  /** When it came about. */
  readonly atMs: number;
}

/** What a look at a room came to. */
interface Look {
  readonly made: readonly Made[];
  readonly told: { readonly key: TailKey; readonly users: readonly ToldUser[] } | null;
  /** When to look again. */
  readonly next: DueRow | null;
}

const nothing: Look = { made: [], told: null, next: null };

interface OfTenant {
  readonly event: DurableEvent;
  readonly endpoints: readonly KeptWebhookEndpoint[];
}

/**
 * What follows from a partition's events and time: of a room that an endpoint wants watched there is one timer, set by
 * a message, durable before the message's offset is committed, and found like a delivery that is due. When it is time,
 * the room is asked how it is: so nothing has to be cancelled, and a timer that is set twice does no harm.
 */
export class DerivedEvents {
  readonly #deps: Deps;
  readonly #partition: number;
  /** By timer, when it is due: a message that comes before that needs no other. */
  readonly #set = new LRUCache<string, number>({ max: limits.webhookTimersKnownMax });
  /** Members that have answered somebody, and with which message; 0: with an earlier one than was seen. */
  readonly #replied = new LRUCache<string, number>({ max: limits.webhookRepliesKnownMax });
  readonly #firing = new Set<DueRow>();
  #fired: Promise<unknown> = Promise.resolve();

  constructor(deps: Deps, partition: number) {
    this.#deps = deps;
    this.#partition = partition;
  }

  /** No timer that is being dealt with is due before. */
  get oldestMs(): number {
    return oldestOf(this.#firing);
  }

  /** The timers that events begin, where they need one. They count as set once they are said to be: see `note`. */
  timersOf(events: readonly OfTenant[]): DueRow[] {
    const rows = new Map<string, DueRow>();
    for (const { event, endpoints } of events) {
      const kinds = kindsBegunBy(event);
      for (const endpoint of kinds.length === 0 ? [] : endpoints) {
        for (const kind of kinds) {
          if (!asksFor(endpoint, typeOf[kind], event.roomId)) continue;
          const { tenantId, roomId } = event;
          const dueMs = Date.parse(event.at) + afterMs(kind, endpoint);
          const row = timerRow({ kind, tenantId, roomId, endpointId: endpoint.endpointId, dueMs });
          const setMs = rows.get(row.deliveryId)?.dueMs ?? this.#set.get(row.deliveryId);
          if (setMs === undefined || setMs > dueMs) rows.set(row.deliveryId, row);
        }
      }
    }
    return [...rows.values()];
  }

  /** They are in the store. */
  note(timers: readonly DueRow[]): void {
    for (const { deliveryId, dueMs } of timers) this.#set.set(deliveryId, dueMs);
  }

  /** Those of the messages that are the first with which their sender answers somebody. */
  async repliesIn(events: readonly OfTenant[]): Promise<Made[]> {
    const made: Made[] = [];
    for (const { event, endpoints } of events) {
      if (!isOfUser(event)) continue;
      const asking = endpoints.filter((each) => asksFor(each, "member.first_reply", event.roomId));
      if (asking.length === 0) continue;
      const key = `${event.tenantId}/${event.roomId}/${event.senderId}`;
      if (event.number > (this.#replied.get(key) ?? Number.POSITIVE_INFINITY)) continue;
      const reply = await firstReply(this.#deps.rooms, event);
      if (reply === "opening") continue;
      this.#replied.set(key, reply === "later" ? 0 : event.number);
      if (reply === "later") continue;
      const atMs = Date.parse(reply.at);
      const of = { partition: this.#partition, atMs, what: [reply.senderId] };
      made.push(...asking.map((each) => ({ endpoint: each, row: derivedDelivery(reply, each, of), atMs })));
    }
    return made;
  }

  /**
   * Looks at the rooms whose time has come. A timer is in the store until what it came to is; one after the other, so
   * that what one call has told the next knows.
   *
   * @param begin puts deliveries into the store.
   * @returns the timers that were set anew.
   */
  fire(timers: readonly DueRow[], begin: (made: readonly Made[]) => Promise<void>): Promise<DueRow[]> {
    for (const timer of timers) this.#firing.add(timer);
    const run = this.#fired.then(() => this.#fire(timers, begin));
    this.#fired = run.catch(() => {});
    return run.finally(() => {
      for (const timer of timers) this.#firing.delete(timer);
    });
  }

  async #fire(timers: readonly DueRow[], begin: (made: readonly Made[]) => Promise<void>): Promise<DueRow[]> {
    const { store } = this.#deps;
    const next: DueRow[] = [];
    // What is due first stands for all of a room.
    const rooms = [...Map.groupBy(timers, ({ deliveryId }) => deliveryId).values()];
    for (let at = 0; at < rooms.length; at += limits.webhookTimersAtOnceMax) {
      const slice = rooms.slice(at, at + limits.webhookTimersAtOnceMax);
      const looks = await Promise.all(slice.map(([first]) => this.#look(first as DueRow)));
      const made = looks.flatMap((look) => look.made);
      if (made.length > 0) await begin(made);
      for (const { told } of looks) if (told !== null) await store.writeTold(told.key, told.users);
      const add = looks.flatMap((look) => look.next ?? []);
      await store.changeDue(this.#partition, { add, remove: slice.flat() });
      this.note(add);
      next.push(...add);
    }
    return next;
  }

  async #look(row: DueRow): Promise<Look> {
    const { rooms, directory } = this.#deps;
    const timer = timerOf(row);
    // Before the room is asked, so that whatever happens in it from now on sets another.
    this.#set.delete(row.deliveryId);
    if (timer === null) return nothing;
    const { tenantId, endpointId, roomId, kind } = timer;
    const endpoint = await directory.find(tenantId, endpointId);
    if (endpoint === null || endpoint.disabled !== null) return nothing;
    if (!asksFor(endpoint, typeOf[kind], roomId)) return nothing;
    const [head] = await rooms.readHeads(tenantId, [roomId]);
    if (head === null || head === undefined || head.deleted || head.state === "closed") return nothing;
    return kind === "idle" ? this.#lookIdle(timer, endpoint, head) : this.#lookUnread(timer, endpoint, head);
  }

  async #lookUnread(timer: Timer, endpoint: KeptWebhookEndpoint, head: RoomHead): Promise<Look> {
    const { store, rooms, clock } = this.#deps;
    const { tenantId, dueMs } = timer;
    const told = new Map(
      (await store.readTold(timer)).map(({ userId, readNumber }) => [userId, readNumber] as const),
    );
    const [nowMs, after] = [clock.nowMs(), afterMs("unread", endpoint)];
    const { unread, nextMs } = await unreadIn(rooms, { tenantId, head, nowMs, afterMs: after, told });
    const made = unread.map(({ event, userId, readNumber }) => {
      const of = { partition: this.#partition, atMs: dueMs, what: [userId, String(readNumber)] };
      return { endpoint, row: derivedDelivery(event, endpoint, of), atMs: dueMs };
    });
    return {
      made,
      told: unread.length === 0 ? null : { key: timer, users: unread },
      next: nextMs === null ? null : timerRow({ ...timer, dueMs: nextMs }),
    };
  }

  #lookIdle(timer: Timer, endpoint: KeptWebhookEndpoint, head: RoomHead): Look {
    const { tenantId, roomId, dueMs } = timer;
    // Where nobody may write, silence says nothing.
    if (head.state !== "open") return nothing;
    const nowMs = this.#deps.clock.nowMs();
    const idleSince = head.lastMessage?.createdAt ?? head.createdAt;
    const thenMs = Date.parse(idleSince) + afterMs("idle", endpoint);
    if (thenMs > nowMs) return { ...nothing, next: timerRow({ ...timer, dueMs: thenMs }) };
    const place = { tenantId, roomId, at: rfc3339(nowMs), room: roomOf(head) };
    const event: RoomIdle = { type: "room.idle", ...place, idleSince, lastMessage: head.lastMessage };
    const of = { partition: this.#partition, atMs: dueMs, what: [String(dueMs)] };
    return { ...nothing, made: [{ endpoint, row: derivedDelivery(event, endpoint, of), atMs: dueMs }] };
  }
}

const typeOf = { unread: "message.unread", idle: "room.idle" } as const;

function afterMs(kind: Timer["kind"], endpoint: KeptWebhookEndpoint): number {
  return (kind === "idle" ? endpoint.idleAfterSeconds : endpoint.unreadAfterSeconds) * 1_000;
}

function kindsBegunBy(event: DurableEvent): readonly Timer["kind"][] {
  if (event.type === "room.created" || event.type === "room.reopened") return ["idle"];
  if (event.type !== "message.created") return [];
  return event.silent || event.kind === "system" ? ["idle"] : ["idle", "unread"];
}

/** What somebody said: what the server says for nobody is no answer, nor is a line of the system. */
function isOfUser(event: DurableEvent): event is MessageCreated & { readonly senderId: string } {
  return event.type === "message.created" && event.senderId !== null && event.kind !== "system";
}

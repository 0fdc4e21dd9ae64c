import { type Channel, channelKey, isHeartbeatKey } from "#shared/inbox/channel.ts";
import type { InboxAddress } from "#shared/inbox/inbox.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog, LogRecord } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import { checker } from "#shared/protocol/checker.ts";
import { HeartbeatRecord, InterestRecord } from "#shared/protocol/records.ts";
import type { Store } from "#shared/store/store.ts";
import type { OnUnreadable } from "./command-reader.ts";
import { InterestTable } from "./interest.ts";
import { Outgoing } from "./outgoing.ts";
import { PresenceRouter } from "./presence-router.ts";
import type { RoomCache } from "./room-cache.ts";
import type { Turns } from "./turns.ts";

export interface InterestRouterDeps {
  readonly log: Pick<EventLog, "append">;
  readonly store: Pick<Store, "readHeads" | "setLastSeen">;
  readonly topics: Topics;
  readonly rooms: RoomCache;
  /** Shared by the partitions of a node: one that takes many over does not fall upon the store with all at once. */
  readonly turns: Turns;
  readonly logger: { error(fields: object, message: string): void };
}

const readInterest = checker(InterestRecord);
const readHeartbeat = checker(HeartbeatRecord);

/** Answers the `interest` of one partition, and knows by it who wants to be told what. */
export class InterestRouter {
  readonly #deps: InterestRouterDeps;
  readonly #partition: number;
  readonly #table = new InterestTable();
  readonly #presence: PresenceRouter;
  /** The topic has been replayed: from now on what comes is answered. */
  #live = false;
  /** Who has yet to hear from this owner where its room stands. */
  #untold: readonly InterestRecord[] = [];
  #telling = false;
  /** What was told so lately that the owner before may not have answered it, and somebody waits. */
  #recent: { readonly record: InterestRecord; readonly atMs: number }[] = [];

  constructor(deps: InterestRouterDeps, partition: number) {
    this.#deps = deps;
    this.#partition = partition;
    this.#presence = new PresenceRouter(deps, partition, this.#table);
  }

  wanting(tenantId: string, channel: Channel["channel"], id: string): InboxAddress[] {
    return [...this.#table.wanting(channelKey({ tenantId, channel, id }))];
  }

  /**
   * Interest is whole, so whatever happens from now on reaches all that want it. Beside that, each inbox is told where
   * its rooms and users stand, so that even a lost last event is found: first those that wait for it.
   */
  caughtUp(): void {
    this.#live = true;
    // Who came and went before is no news: each inbox compares what it is told with what it knows.
    this.#table.takeCameOrWent();
    const waiting = new Set(this.#recent.map(({ record }) => record));
    this.#recent = [];
    this.#untold = [...waiting, ...this.#table.withState().filter((record) => !waiting.has(record))];
    void this.#tell();
  }

  /** The partition is somebody else's. */
  revoked(): void {
    this.#untold = [];
    this.#presence.stop();
  }

  async process(records: readonly LogRecord[], onUnreadable: OnUnreadable): Promise<void> {
    const added = new Map<InterestRecord, boolean>();
    const short: InboxAddress[] = [];
    for (const record of records) {
      try {
        this.#take(record, added, short);
      } catch (error) {
        onUnreadable(record, error);
      }
    }
    const logMs = records.at(-1)?.timestampMs ?? 0;
    if (!this.#live) return this.#remember([...added.keys()], logMs);
    // Before anything is answered by it.
    this.#presence.died(this.#table.forgetSilent(logMs));
    await this.#acknowledge([...added.keys()], (record) => added.get(record) === true);
    await this.#presence.tellChanges(logMs);
    await this.#askAgain(short);
    void this.#presence.bury(logMs);
    void this.#tell();
  }

  /** @param added for each interest, whether it was not known. */
  #take(record: LogRecord, added: Map<InterestRecord, boolean>, short: InboxAddress[]): void {
    const { key, value, timestampMs } = record;
    if (value === null) {
      this.#table.remove(key);
    } else if (isHeartbeatKey(key)) {
      const heartbeat = readHeartbeat(JSON.parse(value));
      if (!this.#table.heartbeat(heartbeat, timestampMs)) short.push(heartbeat);
    } else {
      const interest = readInterest(JSON.parse(value));
      added.set(interest, this.#table.add(interest, timestampMs));
    }
  }

  #remember(added: readonly InterestRecord[], nowMs: number): void {
    this.#recent.push(...added.map((record) => ({ record, atMs: nowMs })));
    this.#recent = this.#recent.filter(({ atMs }) => nowMs - atMs <= limits.interestAckWaitMsMax);
  }

  /**
   * Beside the lane's batches, which wait for none of it. An event may then overtake the word of an older head: what is
   * before that word is in the history, where sessions look after they have it. What fails is told with the next
   * heartbeat of a gateway.
   */
  async #tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    try {
      while (this.#untold.length > 0) {
        const part = this.#untold.slice(0, limits.headsToldBatchMax);
        await this.#deps.turns.take(() => this.#acknowledge(part.filter((each) => this.#table.has(each))));
        this.#untold = this.#untold.slice(part.length);
      }
    } catch (err) {
      const partition = this.#partition;
      this.#deps.logger.error(
        { err, partition },
        "a new owner could not tell where rooms stand; tried again",
      );
    } finally {
      this.#telling = false;
    }
  }

  /** Asks inboxes of which not all is here to say it again. */
  async #askAgain(short: readonly InboxAddress[]): Promise<void> {
    if (short.length === 0) return;
    const outgoing = new Outgoing(this.#deps.topics);
    outgoing.deliver(short, { type: "interest.lost", partition: this.#partition });
    await this.#deps.log.append(outgoing.records());
  }

  /** From its acknowledgement on, an inbox gets every event after `seq`; those up to it are in the history. */
  async #acknowledge(
    interests: readonly InterestRecord[],
    isNew: (interest: InterestRecord) => boolean = () => false,
  ): Promise<void> {
    for (let i = 0; i < interests.length; i += limits.deliveryItemsMax) {
      const part = interests.slice(i, i + limits.deliveryItemsMax);
      const seqs = await this.#seqsOf(part.filter(({ channel }) => channel === "room"));
      const outgoing = new Outgoing(this.#deps.topics);
      for (const interest of part) {
        const { tenantId, channel, id, inbox, partition } = interest;
        const seq = channel === "room" ? (seqs.get(`${tenantId}/${id}`) ?? 0) : null;
        const online =
          channel === "presence" ? { online: this.#table.isOnline({ tenantId, userId: id }) } : {};
        outgoing.deliver([{ inbox, partition }], {
          type: "interest.ack",
          tenantId,
          channel,
          id,
          seq,
          ...online,
          ...(isNew(interest) ? { isNew: true } : {}),
        });
      }
      await this.#deps.log.append(outgoing.records());
    }
  }

  async #seqsOf(interests: readonly InterestRecord[]): Promise<Map<string, number>> {
    const seqs = new Map<string, number>();
    const unknown = new Map<string, Set<string>>();
    for (const { tenantId, id } of interests) {
      const room = this.#deps.rooms.peek(tenantId, id);
      if (room !== undefined) seqs.set(`${tenantId}/${id}`, room.state?.head.seq ?? 0);
      else unknown.set(tenantId, (unknown.get(tenantId) ?? new Set()).add(id));
    }
    for (const [tenantId, ids] of unknown) {
      const heads = await this.#deps.store.readHeads(tenantId, [...ids]);
      for (const head of heads) if (head !== null) seqs.set(`${tenantId}/${head.roomId}`, head.seq);
    }
    return seqs;
  }
}

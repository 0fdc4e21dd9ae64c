import type { Clock, Timers } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { type Channel, channelKey, heartbeatKey, interestKey } from "#shared/inbox/channel.ts";
import type { InboxAddress } from "#shared/inbox/inbox.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog, NewRecord } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { HeartbeatRecord, InterestRecord } from "#shared/protocol/records.ts";

interface Want {
  readonly channel: Channel;
  holders: number;
  /** null once an owner has acknowledged it: most wants are kept for long, and small then. */
  asked: Asked | null;
  /** Where the room stood when it was first acknowledged; null for a user's channel. */
  seq: number | null;
  /** When the last let it go. */
  releasedAtMs: number;
  /** Cancels its end; set while nobody holds it and its grace runs. */
  keep: (() => void) | null;
}

/** What the owner of a channel has been told, and has not answered. */
interface Asked {
  readonly answer: PromiseWithResolvers<number | null>;
  said: Promise<void>;
  saidAtMs: number;
}

export interface InterestsDeps {
  readonly log: Pick<EventLog, "append">;
  readonly topics: Topics;
  readonly clock: Clock & Timers;
  readonly logger: { warn(fields: object, message: string): void };
  /**
   * Keeps what must be known before the end of a channel is told.
   *
   * @param atMs when the last let it go. A rejection puts the end off.
   */
  readonly leaving: (channel: Channel, atMs: number) => Promise<void>;
}

/**
 * What this gateway wants to be told, kept in the `interest` topic for the owners of the partitions. A channel is
 * wanted from its first holder until a grace after its last, as a client that went away mostly comes right back.
 */
export class Interests {
  readonly #deps: InterestsDeps;
  readonly #address: () => InboxAddress;
  readonly #ended: (channel: Channel) => void;
  readonly #wants = new Map<string, Want>();
  #stopBeating = () => {};

  /** @param ended is told of channels that nobody wants any more. */
  constructor(deps: InterestsDeps, address: () => InboxAddress, ended: (channel: Channel) => void) {
    this.#deps = deps;
    this.#address = address;
    this.#ended = ended;
  }

  get size(): number {
    return this.#wants.size;
  }

  start(): void {
    this.#stopBeating = this.#deps.clock.every(limits.inboxHeartbeatMs, () => void this.#beat());
  }

  /**
   * Holds a channel until `release`.
   *
   * @returns the room's seq from which on events arrive here (null for a user's channel). It was true when the owner
   * first acknowledged; a later holder goes by what the feed has seen since.
   * @throws AppError service_unavailable when no owner acknowledged in time; the hold is gone then.
   */
  async hold(channels: readonly Channel[]): Promise<(number | null)[]> {
    const wants = channels.map((channel) => this.#take(channel));
    const answers = wants.map((want) => want.asked?.answer.promise ?? want.seq);
    try {
      await this.#ask(wants);
      return await within(this.#deps.clock, limits.interestAckWaitMsMax, Promise.all(answers));
    } catch (cause) {
      this.release(channels);
      throw new AppError("service_unavailable", "No owner of the room answered in time.", { cause });
    }
  }

  release(channels: readonly Channel[]): void {
    for (const channel of channels) {
      const want = this.#wants.get(channelKey(channel));
      if (want === undefined || --want.holders > 0 || want.keep !== null) continue;
      want.releasedAtMs = this.#deps.clock.nowMs();
      this.#endLater(want);
    }
  }

  /**
   * An owner of the partition has it. Comes again after each hand-over, and after what was lost was said again.
   *
   * @returns whether it had been acknowledged before.
   */
  acknowledged(channel: Channel, seq: number | null): boolean {
    const want = this.#wants.get(channelKey(channel));
    if (want === undefined) return false;
    if (want.asked === null) return true;
    want.seq = seq;
    want.asked.answer.resolve(seq);
    want.asked = null;
    return false;
  }

  /** The owner of a partition lacks some of what it was told: everything of it is said again, and heals by the answers. */
  async announceAgain(partition: number): Promise<void> {
    const { topics, logger } = this.#deps;
    const wants = [...this.#wants.values()].filter(
      ({ channel }) => topics.partitionOf(channel.tenantId, channel.id) === partition,
    );
    await this.#announce(wants).catch((err: unknown) => logger.warn({ err }, "could not repeat interests"));
  }

  /**
   * Ends what this gateway has said, so that nothing is sent to an inbox that nobody reads. Its users are left to its
   * silence: most are on their way to another gateway, and have not gone when they are there in time.
   */
  async stop(): Promise<void> {
    this.#stopBeating();
    const wants = [...this.#wants.values()];
    this.#wants.clear();
    for (const { keep } of wants) keep?.();
    const left = wants.filter(({ channel }) => channel.channel === "user");
    const ended = wants.filter(({ channel }) => channel.channel !== "user");
    const beats = this.#beats(left).map(({ channels, ...record }): NewRecord => {
      return channels > 0 ? record : { ...record, value: null };
    });
    await this.#append([
      ...ended.map(({ channel }) => ({ ...this.#record(channel), value: null })),
      ...beats,
    ]);
  }

  #take(channel: Channel): Want {
    const key = channelKey(channel);
    let want = this.#wants.get(key);
    if (want === undefined) {
      const answer = Promise.withResolvers<number | null>();
      const asked = { answer, said: Promise.resolve(), saidAtMs: Number.NEGATIVE_INFINITY };
      want = { channel, holders: 0, asked, seq: null, releasedAtMs: 0, keep: null };
      this.#wants.set(key, want);
    }
    want.holders += 1;
    want.keep?.();
    want.keep = null;
    return want;
  }

  /**
   * Tells the owners of what they have not acknowledged. A crowd that comes for the same room says it once; after a
   * while it is said again, as it or its answer may have been lost.
   */
  async #ask(wants: readonly Want[]): Promise<void> {
    const now = this.#deps.clock.nowMs();
    const open = wants.flatMap((want) => (want.asked === null ? [] : [{ want, asked: want.asked }]));
    const due = open.filter(({ asked }) => Math.abs(now - asked.saidAtMs) >= limits.interestRepeatMs);
    const saying = this.#announce(due.map(({ want }) => want));
    for (const { asked } of due) {
      asked.said = saying;
      asked.saidAtMs = now;
    }
    try {
      await Promise.all(open.map(({ asked }) => asked.said));
    } catch (error) {
      for (const { asked } of open) asked.saidAtMs = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }

  #announce(wants: readonly Want[]): Promise<void> {
    return this.#append(wants.map(({ channel }) => this.#record(channel)));
  }

  /** In parts, as a gateway may have as many to say as it has sockets. */
  async #append(records: readonly NewRecord[]): Promise<void> {
    for (let i = 0; i < records.length; i += limits.appendBatchRecordsMax) {
      await this.#deps.log.append(records.slice(i, i + limits.appendBatchRecordsMax));
    }
  }

  #endLater(want: Want): void {
    want.keep = this.#deps.clock.after(limits.interestGraceMs, () => void this.#end(want));
  }

  async #end(want: Want): Promise<void> {
    const { channel } = want;
    const { leaving, log, logger } = this.#deps;
    let isKept = false;
    want.keep = () => {
      isKept = true;
    };
    try {
      await leaving(channel, want.releasedAtMs);
    } catch (err) {
      logger.warn({ err }, "could not end an interest; tried again");
      if (!isKept) this.#endLater(want);
      return;
    }
    if (isKept) return;
    this.#wants.delete(channelKey(channel));
    this.#ended(channel);
    const ended = { ...this.#record(channel), value: null };
    await log.append([ended]).catch((err: unknown) => {
      // Costs deliveries that nobody reads, until this gateway has gone: no harm.
      logger.warn({ err }, "could not end an interest");
    });
  }

  /** Tells each partition that this gateway is alive, and how much it has told it, so that a loss is noticed. */
  async #beat(): Promise<void> {
    const { log, logger } = this.#deps;
    const beats = this.#beats(this.#wants.values()).map(({ channels: _, ...record }) => record);
    await log.append(beats).catch((err: unknown) => logger.warn({ err }, "heartbeat failed"));
  }

  /** A sign of life for each partition, with the number of these channels that are its own. */
  #beats(wants: Iterable<Want>): (NewRecord & { readonly channels: number })[] {
    const { topics } = this.#deps;
    const { inbox, partition } = this.#address();
    const counts = Array<number>(topics.partitions).fill(0);
    for (const { channel } of wants) {
      const own = topics.partitionOf(channel.tenantId, channel.id);
      counts[own] = (counts[own] ?? 0) + 1;
    }
    return counts.map((channels, own) => {
      const beat: HeartbeatRecord = { v: 1, type: "heartbeat", inbox, partition, channels };
      return {
        topic: topics.interest,
        partition: own,
        key: heartbeatKey(inbox),
        value: JSON.stringify(beat),
        channels,
      };
    });
  }

  #record(channel: Channel): NewRecord {
    const { topics } = this.#deps;
    const { inbox, partition } = this.#address();
    const value: InterestRecord = { v: 1, type: "interest", ...channel, inbox, partition };
    return {
      topic: topics.interest,
      partition: topics.partitionOf(channel.tenantId, channel.id),
      key: interestKey(channel, inbox),
      value: JSON.stringify(value),
    };
  }
}

async function within<T>(clock: Timers, ms: number, promise: Promise<T>): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => timeout.reject(new Error(`nothing within ${ms} ms`)));
  try {
    return await Promise.race([promise, timeout.promise]);
  } finally {
    cancel();
  }
}

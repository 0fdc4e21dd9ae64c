import {
  channelKey,
  heartbeatKey,
  interestKey,
  splitInterestKey,
  userChannel,
} from "#shared/inbox/channel.ts";
import type { InboxAddress } from "#shared/inbox/inbox.ts";
import { limits } from "#shared/limits.ts";
import type { HeartbeatRecord, InterestRecord } from "#shared/protocol/records.ts";

export interface UserOf {
  readonly tenantId: string;
  readonly userId: string;
}

/** A record of an inbox that is dead, to be ended in the log. */
export interface DeadInterest {
  readonly key: string;
  /** Whose gateway it was, and when that was last heard of; null for channels that are no user's. */
  readonly user: (UserOf & { readonly seenAtMs: number }) | null;
}

/**
 * Which inboxes want which channels of one partition: the compacted `interest` topic in memory. An inbox that has
 * been silent too long is forgotten with all that it wanted. Silence is counted in the log's own time, so neither an
 * owner that was paused nor one that is behind takes the living for dead.
 */
export class InterestTable {
  readonly #byChannel = new Map<string, Map<string, InboxAddress>>();
  readonly #byInbox = new Map<string, { channels: Map<string, InterestRecord>; seenAtMs: number }>();

  /** Users of whom the first gateway came, or the last went by its own word. */
  readonly #cameOrWent = new Map<string, UserOf>();

  /**
   * @param atMs when the log took the record.
   * @returns whether the inbox was not known to want it.
   */
  add(record: InterestRecord, atMs: number): boolean {
    const key = channelKey(record);
    const { inbox, partition } = record;
    const wanting = this.#byChannel.get(key) ?? new Map<string, InboxAddress>();
    if (wanting.size === 0) this.#changed(record);
    wanting.set(inbox, { inbox, partition });
    this.#byChannel.set(key, wanting);
    const { channels } = this.#seen(inbox, atMs);
    const isNew = !channels.has(key);
    channels.set(key, record);
    return isNew;
  }

  /** @param key as made by `interestKey`. */
  remove(key: string): void {
    const { channel, inbox } = splitInterestKey(key);
    const channels = this.#byInbox.get(inbox)?.channels;
    const record = channels?.get(channel);
    channels?.delete(channel);
    if (this.#drop(channel, inbox) && record !== undefined) this.#changed(record);
  }

  /** Whether some gateway has a session of the user, or had one a moment ago. */
  isOnline({ tenantId, userId }: UserOf): boolean {
    return this.#byChannel.has(channelKey(userChannel(tenantId, userId)));
  }

  /** Users who may have come or gone since the last call. */
  takeCameOrWent(): UserOf[] {
    const users = [...this.#cameOrWent.values()];
    this.#cameOrWent.clear();
    return users;
  }

  /** Whether there is an interest under this key, as made by `interestKey`. */
  hasKey(key: string): boolean {
    const { channel, inbox } = splitInterestKey(key);
    return this.#byInbox.get(inbox)?.channels.has(channel) ?? false;
  }

  /** Returns whether all that the inbox has told is here. */
  heartbeat({ inbox, channels }: HeartbeatRecord, atMs: number): boolean {
    return this.#seen(inbox, atMs).channels.size === channels;
  }

  /** The inboxes that want a channel. */
  wanting(key: string): Iterable<InboxAddress> {
    return this.#byChannel.get(key)?.values() ?? [];
  }

  /** Whether this very interest is still there. */
  has(record: InterestRecord): boolean {
    return this.#byInbox.get(record.inbox)?.channels.get(channelKey(record)) === record;
  }

  /** Every interest in what has a state that may have changed unheard over a hand-over: rooms and presence. */
  withState(): InterestRecord[] {
    return [...this.#byInbox.values()].flatMap(({ channels }) =>
      [...channels.values()].filter(({ channel }) => channel !== "user"),
    );
  }

  /** Forgets inboxes that have been silent too long, and says what of theirs is to be ended in the log. */
  forgetSilent(nowMs: number): DeadInterest[] {
    const before = nowMs - limits.inboxSilenceMsMax;
    const dead: DeadInterest[] = [];
    for (const [inbox, { channels, seenAtMs }] of this.#byInbox) {
      if (seenAtMs >= before) continue;
      for (const [key, record] of channels) {
        this.#drop(key, inbox);
        const user =
          record.channel === "user" ? { tenantId: record.tenantId, userId: record.id, seenAtMs } : null;
        dead.push({ key: interestKey(record, inbox), user });
      }
      this.#byInbox.delete(inbox);
      dead.push({ key: heartbeatKey(inbox), user: null });
    }
    return dead;
  }

  #changed({ channel, tenantId, id }: InterestRecord): void {
    if (channel === "user") this.#cameOrWent.set(`${tenantId}/${id}`, { tenantId, userId: id });
  }

  #seen(inbox: string, atMs: number) {
    const known = this.#byInbox.get(inbox) ?? { channels: new Map<string, InterestRecord>(), seenAtMs: 0 };
    known.seenAtMs = atMs;
    this.#byInbox.set(inbox, known);
    return known;
  }

  /** Returns whether it was the last that wanted the channel. */
  #drop(channel: string, inbox: string): boolean {
    const wanting = this.#byChannel.get(channel);
    if (!wanting?.delete(inbox) || wanting.size > 0) return false;
    return this.#byChannel.delete(channel);
  }
}

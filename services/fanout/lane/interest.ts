import { channelKey, heartbeatKey, interestKey, splitInterestKey } from "#shared/inbox/channel.ts";
import type { InboxAddress } from "#shared/inbox/inbox.ts";
import { limits } from "#shared/limits.ts";
import type { HeartbeatRecord, InterestRecord } from "#shared/protocol/records.ts";

/**
 * Which inboxes want which channels of one partition: the compacted `interest` topic in memory. An inbox that has
 * been silent too long is forgotten with all that it wanted. Silence is counted in the log's own time, so neither an
 * owner that was paused nor one that is behind takes the living for dead.
 */
export class InterestTable {
  readonly #byChannel = new Map<string, Map<string, InboxAddress>>();
  readonly #byInbox = new Map<string, { channels: Map<string, InterestRecord>; seenAtMs: number }>();

  /** @param atMs when the log took the record. */
  add(record: InterestRecord, atMs: number): void {
    const key = channelKey(record);
    const { inbox, partition } = record;
    const wanting = this.#byChannel.get(key) ?? new Map<string, InboxAddress>();
    wanting.set(inbox, { inbox, partition });
    this.#byChannel.set(key, wanting);
    this.#seen(inbox, atMs).channels.set(key, record);
  }

  /** @param key as made by `interestKey`. */
  remove(key: string): void {
    const { channel, inbox } = splitInterestKey(key);
    this.#byInbox.get(inbox)?.channels.delete(channel);
    this.#drop(channel, inbox);
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

  /** Every interest in a room, for telling the heads after a hand-over. */
  rooms(): InterestRecord[] {
    return [...this.#byInbox.values()].flatMap(({ channels }) =>
      [...channels.values()].filter(({ channel }) => channel === "room"),
    );
  }

  /** Forgets inboxes that have been silent too long. Returns the keys of their records, to be ended in the log. */
  forgetSilent(nowMs: number): string[] {
    const before = nowMs - limits.inboxSilenceMsMax;
    const ended: string[] = [];
    for (const [inbox, { channels, seenAtMs }] of this.#byInbox) {
      if (seenAtMs >= before) continue;
      for (const [key, record] of channels) {
        this.#drop(key, inbox);
        ended.push(interestKey(record, inbox));
      }
      this.#byInbox.delete(inbox);
      ended.push(heartbeatKey(inbox));
    }
    return ended;
  }

  #seen(inbox: string, atMs: number) {
    const known = this.#byInbox.get(inbox) ?? { channels: new Map<string, InterestRecord>(), seenAtMs: 0 };
    known.seenAtMs = atMs;
    this.#byInbox.set(inbox, known);
    return known;
  }

  #drop(channel: string, inbox: string): void {
    const wanting = this.#byChannel.get(channel);
    if (wanting?.delete(inbox) && wanting.size === 0) this.#byChannel.delete(channel);
  }
}

import { limits } from "#shared/limits.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { ownReadNumber } from "#shared/store/shown.ts";
import type { MemberRow, Store } from "#shared/store/store.ts";
import type { RoomState } from "../room/state.ts";

const pageMessages = 100;

/** A message, as far as unread counts ask. */
export interface SentMessage {
  readonly number: number;
  readonly senderId: string | null;
  /** It is countable. */
  readonly counts: boolean;
}

/** What is known of the messages of a range. */
export interface SentMessages {
  readonly senders: readonly SentMessage[];
  /** The room's `countable` at each. */
  readonly countable: ReadonlyMap<number, number>;
}

export const noneSent: SentMessages = { senders: [], countable: new Map() };

interface Range {
  /** Exclusive. */
  readonly after: number;
  readonly upTo: number;
}

/**
 * Of which messages it matters who sent them, for the markers of a batch; null where of none. Mostly it does not:
 * whoever has read up to a message has sent none after it, but for one that set itself back, and few block anybody.
 */
export function sendersAsked(state: RoomState, commands: readonly RoomCommand[]): Range | null {
  const newest = state.head.number;
  const lowest = newest - limits.unreadBackMessagesMax;
  const filtering = new Set(commands.flatMap((one) => (one.type === "member.settings" ? [one.userId] : [])));
  const ranges = commands.flatMap((command): Range[] => {
    if (command.type === "room.unread") {
      return [{ after: Math.max(command.number - 1, lowest), upTo: newest }];
    }
    if (command.type !== "room.read" && command.type !== "member.settings") return [];
    const member = state.members.get(command.userId);
    if (member === null) return [];
    if (command.type === "member.settings") {
      const isFiltered = command.block !== undefined || command.unblock !== undefined;
      return isFiltered ? [{ after: Math.max(placeOf(member, commands), lowest), upTo: newest }] : [];
    }
    if (filtering.has(member.userId) || state.members.blockers.has(member.userId)) {
      return [{ after: Math.max(command.number, lowest), upTo: newest }];
    }
    return command.number < member.sentNumber ? [{ after: command.number, upTo: member.sentNumber }] : [];
  });
  const asked = ranges.filter(({ after, upTo }) => after < upTo);
  if (asked.length === 0) return null;
  return {
    after: Math.max(0, Math.min(...asked.map(({ after }) => after))),
    upTo: Math.max(...asked.map(({ upTo }) => upTo)),
  };
}

/** The earliest place at which the member may stand within the batch. */
function placeOf(member: MemberRow, commands: readonly RoomCommand[]): number {
  const back = commands.flatMap((one) =>
    one.type === "room.unread" && one.userId === member.userId ? [one.number - 1] : [],
  );
  return Math.min(ownReadNumber(member), ...back);
}

/** Who sent the messages of the range, and the room's `countable` at each of them and before the first. */
export async function readSenders(
  store: Pick<Store, "readMessages">,
  { tenantId, head }: RoomState,
  { after, upTo }: Range,
): Promise<SentMessages> {
  const senders: SentMessage[] = [];
  const countable = new Map<number, number>();
  // One more, as a message counts when the room's `countable` is greater with it than before.
  let from = Math.max(0, after - 1);
  let before = head.expired?.countable ?? 0;
  while (from < upTo) {
    // By `after` alone a page has the oldest of those after it.
    const rows = await store.readMessages(tenantId, head.roomId, { after: from, limit: pageMessages });
    for (const row of rows.reverse()) {
      const { number, senderId } = row.message;
      countable.set(number, row.countable);
      if (number > after) senders.push({ number, senderId, counts: row.countable > before });
      before = row.countable;
      from = number;
    }
    if (rows.length === 0) break;
  }
  return { senders: senders.filter(({ number }) => number <= upTo), countable };
}

import { limits } from "#shared/limits.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import type { Store } from "#shared/store/store.ts";
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
 * whoever has read up to a message has sent none after it, but for one that set itself back.
 */
export function sendersAsked(state: RoomState, commands: readonly RoomCommand[]): Range | null {
  const newest = state.head.number;
  const setBack = new Set(commands.flatMap((one) => (one.type === "room.unread" ? [one.userId] : [])));
  const ranges = commands.flatMap((command): Range[] => {
    if (command.type === "room.unread") {
      return [{ after: Math.max(command.number - 1, newest - limits.unreadBackMessagesMax), upTo: newest }];
    }
    const member = command.type === "room.read" ? state.members.get(command.userId) : null;
    if (command.type !== "room.read" || member === null) return [];
    const isBack = member.backNumber !== null || setBack.has(member.userId);
    // What it has sent itself it had read before it went back.
    return isBack && command.number < member.readNumber
      ? [{ after: command.number, upTo: member.readNumber }]
      : [];
  });
  const asked = ranges.filter(({ after, upTo }) => after < upTo);
  if (asked.length === 0) return null;
  return {
    after: Math.max(0, Math.min(...asked.map(({ after }) => after))),
    upTo: Math.max(...asked.map(({ upTo }) => upTo)),
  };
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
  let before = 0;
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

import { limits } from "#shared/limits.ts";
import type { ExpireMessages } from "#shared/protocol/commands.ts";
import { ownReadNumber, readCountableIn } from "#shared/store/shown.ts";
import type { MemberRow, MessageRow } from "#shared/store/store.ts";
import { type Applied, Change, type Context, unchanged } from "./applied.ts";
import { isUncounted } from "./counting.ts";
import { withOpenDigits } from "./masking.ts";
import type { ToldEvent } from "./parts.ts";
import type { RoomState } from "./state.ts";

/**
 * The room's oldest messages go, and its events up to the one that told of the last of them. Numbers and seqs go on as
 * they were. In a room of any state, also a deleted one, of which nothing is left once all of them have gone.
 */
export function expireMessages(state: RoomState, command: ExpireMessages, context: Context): Applied {
  const { messages, pinned: gone } = context.expiring;
  const last = messages.at(-1);
  const { head } = state;
  if (last === undefined) return clearEmpty(state, context);
  const change = new Change(state, context.position, command.at);
  const { number, seq } = last.message;
  const { countable } = last;
  const after = { number: head.expired?.number ?? 0, seq: head.expired?.seq ?? 0 };
  recount(change, messages, number);
  const told = messages.flatMap(({ message }) => context.toldOf(message.id));
  change.empty(told.filter((event) => event.seq > seq));
  change.expire(messages);
  const isAll = head.deleted && number === head.number;
  change.setHead({
    lastMessage: head.number > number ? head.lastMessage : null,
    pinned: head.pinned.filter(({ messageId }) => !gone.has(messageId)),
    expired: { number, seq, countable, after, at: change.at, position: context.position },
    ...(isAll ? nothingSaid : {}),
  });
  change.addEvent({ type: "messages.expired", number, countable, emptied: keptElsewhere(told, change.at) });
  // It is no activity: the room keeps its place in lists.
  change.setHead({ updatedAt: head.updatedAt });
  return change.done({ kind: "applied", resource: null });
}

const nothingSaid = { name: null, custom: null };

/** A room that was deleted after its last message had gone, or that never had one, says nothing more either. */
function clearEmpty(state: RoomState, { position }: Context): Applied {
  const { deleted, number, expired, name, custom, updatedAt } = state.head;
  const isEmpty = number === (expired?.number ?? 0);
  if (!deleted || !isEmpty || (name === null && custom === null)) {
    return unchanged(state, { kind: "existing", resource: null });
  }
  const change = new Change(state, position, updatedAt);
  change.setHead(nothingSaid);
  return change.done({ kind: "applied", resource: null });
}

/**
 * What goes is unread for nobody. Mostly that follows from how many could be; but of what a member has sent itself, or
 * its blocked have, after where it stands, only the messages tell.
 */
function recount(change: Change, messages: readonly MessageRow[], upTo: number): void {
  const { head, members } = change.state;
  const countable = countableAmong(messages, head.expired?.countable ?? 0);
  for (const member of members) {
    const row =
      member.openDigits !== undefined && member.sentNumber <= upTo ? withOpenDigits(member, null) : member;
    if (!isCountedApart(members.blockers, row, upTo)) {
      if (row !== member) change.setMember(row);
      continue;
    }
    const read = countable.filter(
      ({ message: { number, senderId } }) => number > ownReadNumber(row) && !isUncounted(row, senderId),
    );
    change.recount({ ...row, readCountable: readCountableIn(head, row) + read.length });
  }
}

function isCountedApart(blockers: ReadonlySet<string>, member: MemberRow, upTo: number): boolean {
  const stands = ownReadNumber(member);
  return stands < upTo && (blockers.has(member.userId) || member.sentNumber > stands);
}

function countableAmong(messages: readonly MessageRow[], before: number): MessageRow[] {
  return messages.filter((row, i) => row.countable > (messages[i - 1]?.countable ?? before));
}

/** Events that webhooks may still have. */
function keptElsewhere(told: readonly ToldEvent[], now: string) {
  const sinceMs = Date.parse(now) - limits.webhookLogRetentionSeconds * 1_000;
  return told
    .filter(({ at }) => Date.parse(at) >= sinceMs)
    .slice(-limits.emptiedToldMax)
    .map(({ seq, at }) => ({ seq, at }));
}

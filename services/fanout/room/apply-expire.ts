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
 * they were. In a room of any state; of a deleted one all events go with the last of them, as they name it.
 */
export function expireMessages(state: RoomState, command: ExpireMessages, context: Context): Applied {
  const { messages, pinned: gone } = context.expiring;
  const last = messages.at(-1);
  const { head } = state;
  if (last === undefined) return clearEmpty(state, context);
  const change = new Change(state, context.position, command.at);
  const { number } = last.message;
  const { countable } = last;
  const isAll = head.deleted && number === head.number;
  const seq = isAll ? head.seq : last.message.seq;
  recount(change, messages, number);
  const told = messages.flatMap(({ message }) => context.toldOf(message.id));
  change.empty(told.filter((event) => event.seq > seq));
  change.expire(messages);
  change.setHead({
    lastMessage: head.number > number ? head.lastMessage : null,
    pinned: head.pinned.filter(({ messageId }) => !gone.has(messageId)),
    expired: { number, seq, countable, after: goneBefore(head), at: change.at, position: context.position },
    ...(isAll ? nothingSaid : {}),
  });
  change.addEvent({ type: "messages.expired", number, countable, emptied: keptElsewhere(told, change.at) });
  // It is no activity: the room keeps its place in lists.
  change.setHead({ updatedAt: head.updatedAt });
  return change.done({ kind: "applied", resource: null });
}

function goneBefore({ expired }: RoomState["head"]) {
  return { number: expired?.number ?? 0, seq: expired?.seq ?? 0 };
}

const nothingSaid = { name: null, custom: null };

/** A room that was deleted after its last message had gone, or that never had one, says nothing more either. */
function clearEmpty(state: RoomState, { position }: Context): Applied {
  const { head } = state;
  const { deleted, number, seq, countable, name, custom, updatedAt } = head;
  const after = goneBefore(head);
  const isEmpty = number === after.number;
  if (!deleted || !isEmpty || (name === null && custom === null)) {
    return unchanged(state, { kind: "existing", resource: null });
  }
  const change = new Change(state, position, updatedAt);
  const at = head.expired?.at ?? updatedAt;
  change.setHead({ ...nothingSaid, expired: { number, seq, countable, after, at, position } });
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

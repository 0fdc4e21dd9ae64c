import { limits } from "#shared/limits.ts";
import type { DeliverRoom, MarkerCommand, ReadRoom, UnreadRoom } from "#shared/protocol/commands.ts";
import type { ReceiptEvent } from "#shared/protocol/events.ts";
import type { ReadPosition } from "#shared/protocol/resources.ts";
import { memberResource, ownReadNumber, unreadFor } from "#shared/store/shown.ts";
import type { MemberRow, RoomHead } from "#shared/store/store.ts";
import { type Applied, Change, type Context, type Decision, refused, unchanged } from "./applied.ts";
import { isUncounted } from "./counting.ts";
import { settingsOf } from "./member-settings.ts";
import type { RoomState } from "./state.ts";

/** What one marker's move comes to, but for the place of the event. */
interface Moved {
  readonly member: MemberRow;
  readonly to: "room" | "user";
  readonly type: ReceiptEvent["type"];
  readonly number: number;
}

/** Moves a member's read marker forward; a marker beyond the newest message stands at the newest. */
export function readRoom(state: RoomState, command: ReadRoom, context: Context): Applied {
  const member = state.members.get(command.userId);
  if (member === null) return refused(state, "not_a_member");
  const { head } = state;
  const number = Math.min(command.number, head.number);
  if (number <= ownReadNumber(member)) {
    return unchanged(state, { kind: "existing", resource: memberResource(member) });
  }
  const counted = number === head.number ? head.countable : countableFor(member, number, context);
  const row = { ...readUpTo(member, number), readCountable: Math.max(counted, member.readCountable) };
  // To others a member that reads again what it had read says nothing, nor does one that hides it.
  const to = row.readNumber > member.readNumber ? "room" : "user";
  return moved(state, command, context, { member: row, to, type: "receipt.read", number });
}

/** The same of what a member's devices have. */
export function deliverRoom(state: RoomState, command: DeliverRoom, context: Context): Applied {
  const member = state.members.get(command.userId);
  if (member === null) return refused(state, "not_a_member");
  const number = Math.min(command.number, state.head.number);
  if (number <= member.deliveredNumber || !settingsOf(member).receipts) {
    return unchanged(state, { kind: "existing", resource: memberResource(member) });
  }
  const row = { ...member, deliveredNumber: number };
  return moved(state, command, context, { member: row, to: "room", type: "receipt.delivered", number });
}

/** Sets a member back to before a message, for itself alone, as far as can be counted and is kept. */
export function unreadRoom(state: RoomState, command: UnreadRoom, context: Context): Applied {
  const member = state.members.get(command.userId);
  if (member === null) return refused(state, "not_a_member");
  const { head } = state;
  const lowest = Math.max(head.number - limits.unreadBackMessagesMax, head.expired?.number ?? 0) + 1;
  const number = Math.max(command.number, lowest);
  if (number > ownReadNumber(member)) {
    return unchanged(state, { kind: "existing", resource: readPosition(head, member) });
  }
  const ownNumber = number - 1;
  const row = { ...member, ownNumber, readCountable: countableFor(member, ownNumber, context) };
  return moved(state, command, context, { member: row, to: "user", type: "receipt.unread", number });
}

/** A member that has read up to a message, by its own account and, unless it hides that, by what others are told. */
export function readUpTo(member: MemberRow, number: number): MemberRow {
  if (number < member.readNumber || !settingsOf(member).receipts) return { ...member, ownNumber: number };
  const deliveredNumber = Math.max(number, member.deliveredNumber);
  return { ...member, readNumber: number, deliveredNumber, ownNumber: null };
}

/** Where a member stands, as it is told itself. */
export function readPosition(head: RoomHead, member: MemberRow): ReadPosition {
  return {
    roomId: head.roomId,
    readNumber: ownReadNumber(member),
    unread: unreadFor(head, member),
  };
}

/** A member's `readCountable` at a marker: what it has read, and what came after and does not count for it. */
function countableFor(member: MemberRow, number: number, context: Context): number {
  const uncounted = context.sendersAfter(number).filter((senderId) => isUncounted(member, senderId));
  return context.countableAt(number) + uncounted.length;
}

function moved(state: RoomState, command: MarkerCommand, { position }: Context, to: Moved): Applied {
  const { tenantId, head } = state;
  const change = new Change(state, position, command.at);
  change.setMember(to.member);
  const { userId } = to.member;
  const { roomId } = head;
  const event: ReceiptEvent = { type: to.type, tenantId, roomId, at: change.at, userId, number: to.number };
  const resource = to.type === "receipt.unread" ? readPosition(head, to.member) : memberResource(to.member);
  const decision: Decision = { kind: "applied", resource };
  // Nobody but itself hears of an observer.
  const audience = to.member.role === "observer" ? "user" : to.to;
  const { readCountable } = to.member;
  return change.done(decision, { receipt: { event, to: audience, readCountable } });
}

import { isDeepStrictEqual } from "node:util";
import { limits } from "#shared/limits.ts";
import type { EraseUser } from "#shared/protocol/commands.ts";
import type { ErasureStep } from "#shared/protocol/erasures.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import type { MessageRow } from "#shared/store/store.ts";
import { anonymousCall, anonymousEvent, idFor, idsFor } from "./anonymous.ts";
import { type Applied, Change, type Context } from "./applied.ts";
import { takeBackIn } from "./apply-message-change.ts";
import { leaveRunningCall } from "./call-change.ts";
import { memberSettings, settingsOf } from "./member-settings.ts";
import { keysOf, reactedBy, withoutReaction } from "./reactions.ts";
import type { RoomState } from "./state.ts";

/**
 * A user is forgotten, in a room of any state. Each step makes sure that it is no member, then deals with its part; the
 * same again finds nothing to do. What is told in the room names whom it is told of, and the parts to come make that
 * somebody else as well.
 */
export function eraseUser(state: RoomState, command: EraseUser, context: Context): Applied {
  const change = new Change(state, context.position, command.at);
  const firstSeq = change.nextSeq;
  // Every step is a write: what the one before has changed is at its place then.
  change.setHead({});
  leave(change, command);
  const rest = dealWith(change, command, context, firstSeq);
  forgetInHead(change, command, rest === null);
  if (rest === null) change.forget({ userId: command.userId, closedAts: command.closedAts });
  return change.done({ kind: "applied", resource: { rest } });
}

function dealWith(
  change: Change,
  command: EraseUser,
  context: Context,
  firstSeq: number,
): ErasureStep | null {
  if (command.part === "messages") return erase(change, command, context);
  if (command.part === "calls") return eraseFromCalls(change, command, context);
  return retell(change, command, context, firstSeq);
}

/** In a direct room, which has two for ever, somebody who is nobody comes in its place. */
function leave(change: Change, command: EraseUser): void {
  const { userId, pseudonym } = command;
  const member = change.state.members.get(userId);
  if (member === null) return;
  leaveRunningCall(change, userId, null);
  // The one that it was in just now, whether that goes on or has ended by it.
  const { call } = change.state.head;
  forgetInCalls(change, command, call === null ? change.calls : [...change.calls, call]);
  change.removeMember(userId);
  if (member.role === "observer") return;
  change.addEvent({ type: "member.removed", actorId: null, userId });
  if (change.state.head.type !== "direct") return;
  const kept = { userId: pseudonym, role: "readonly", custom: null } as const;
  change.setMember({ ...member, ...kept, settings: null, joinedAt: change.at, joinedSeq: change.nextSeq });
  change.addEvent({ type: "member.added", actorId: null, ...kept });
}

/** Whoever has blocked it goes on seeing nothing of what it said, by whichever name that is until all is done. */
function forgetInHead(change: Change, command: EraseUser, isDone: boolean): void {
  const { members, head } = change.state;
  for (const blockerId of members.blockers) {
    const member = members.get(blockerId);
    if (member === null) continue;
    const settings = settingsOf(member);
    if (!settings.blocked.includes(command.userId)) continue;
    const others = settings.blocked.filter((id) => id !== command.userId && id !== command.pseudonym);
    const blocked = [...others, command.pseudonym, ...(isDone ? [] : [command.userId])].sort();
    if (isDeepStrictEqual(blocked, settings.blocked)) continue;
    change.setMember({ ...member, settings: memberSettings({ ...settings, blocked }) });
  }
  if (head.pinned.some(({ pinnedBy }) => pinnedBy === command.userId)) {
    const pinned = head.pinned.map((pin) => ({ ...pin, pinnedBy: idFor(command, pin.pinnedBy) }));
    change.setHead({ pinned });
  }
}

function erase(change: Change, command: EraseUser, context: Context): ErasureStep | null {
  const { messages, versions } = context.erasing;
  const { userId } = command;
  const told: MessageRow[] = [];
  for (const row of messages) {
    const left = withoutReactions(change, command, row);
    const isOwn = row.message.senderId === userId;
    if (isOwn && command.messages === "remove" && row.message.erased !== true) {
      const as = { senderId: command.pseudonym, clientId: null };
      takeBackIn(change, left, { actorId: null, isHard: true, told: context.toldOf(row.message.id), as });
      continue;
    }
    if (isOwn || row.message.mentions.includes(userId)) told.push(left);
    for (const content of versions.get(row.message.id) ?? []) {
      const mentions = idsFor(command, content.mentions);
      const now = { ...content, mentions, replacedBy: idFor(command, content.replacedBy) };
      if (!isDeepStrictEqual(now, content))
        change.changeVersion({ number: row.message.number, content: now });
    }
  }
  if (told.length > 0) anonymise(change, command, told);
  const last = messages.at(-1);
  return last === undefined || messages.length < limits.roomChangesMax
    ? { part: "calls", after: 0 }
    : { part: "messages", after: last.message.number };
}

/** Whoever it called, and was called by, still finds when that was and how long it took. */
function eraseFromCalls(change: Change, command: EraseUser, context: Context): ErasureStep {
  const { calls } = context.erasing;
  const { call: running } = change.state.head;
  // One that ran when it was read is not what it was then.
  forgetInCalls(
    change,
    command,
    calls.filter(({ call }) => call.state === "ended"),
  );
  if (running !== null) forgetInCalls(change, command, [running]);
  const last = calls.at(-1);
  return last === undefined || calls.length < limits.roomChangesMax
    ? { part: "events", after: 0 }
    : { part: "calls", after: last.number };
}

function forgetInCalls(change: Change, command: EraseUser, rows: readonly CallRow[]): void {
  for (const row of rows) {
    const call = anonymousCall(command, change.state.tenantId, row.call);
    if (call !== row.call) change.changeCall({ ...row, call });
  }
}

function withoutReactions(change: Change, command: EraseUser, row: MessageRow): MessageRow {
  let now = row;
  for (const key of keysOf(row, command.userId)) {
    now = change.changeMessage(now, withoutReaction(now, key, command.userId), null);
    const { id: messageId, number, senderId } = now.message;
    const users = reactedBy(now, key);
    change.addEvent({
      type: "reaction.removed",
      messageId,
      number,
      messageSenderId: idFor(command, senderId),
      userId: command.pseudonym,
      key,
      count: users.length,
      userIds: users.slice(0, limits.reactionUsersShownMax),
    });
  }
  return now;
}

/** All of them change by the one event that tells of them. */
function anonymise(change: Change, command: EraseUser, rows: readonly MessageRow[]): void {
  const { userId, pseudonym } = command;
  const own = rows.filter(({ message }) => message.senderId === userId);
  for (const row of rows) {
    const { message } = row;
    const isOwn = message.senderId === userId;
    const now = {
      ...message,
      senderId: idFor(command, message.senderId),
      clientId: isOwn ? null : message.clientId,
      mentions: idsFor(command, message.mentions),
    };
    change.changeMessage(row, { message: now }, null, { keeps: false });
  }
  change.addEvent({
    type: "messages.anonymised",
    userId: pseudonym,
    messageIds: own.map(({ message }) => message.id),
    mentioningIds: rows
      .filter(({ message }) => message.mentions.includes(userId))
      .map(({ message }) => message.id),
  });
}

function retell(change: Change, command: EraseUser, context: Context, firstSeq: number): ErasureStep | null {
  const { events } = context.erasing;
  for (const row of events) {
    const event = anonymousEvent(command, row.event);
    if (event !== row.event) change.retell(row, event);
  }
  // It came back meanwhile, and what tells that it is gone again names it.
  const isLast = events.length < limits.erasureEventsMax && change.nextSeq === firstSeq;
  return isLast ? null : { part: "events", after: events.at(-1)?.event.seq ?? command.after };
}

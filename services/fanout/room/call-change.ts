import type { ErrorCode } from "#shared/errors/catalogue.ts";
import { limits } from "#shared/limits.ts";
import type { Call } from "#shared/protocol/calls.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import type { Change } from "./applied.ts";
import { type CallHappened, type CallInput, later, stepCall } from "./call-machine.ts";

interface Refusal {
  readonly code: ErrorCode;
  readonly message?: string;
}

/** A call has begun, in a room that had none. */
export function tellStart(change: Change, row: CallRow, rung: readonly string[]): void {
  const { call } = row;
  const { callId, kind, startedBy: userId } = call;
  change.setHead({ call: { ...row, revised: change.nextSeq }, callNumber: row.number });
  change.addEvent({ type: "call.ringing", callId, kind, userId, userIds: [...rung], call });
}

/**
 * Takes the room's call a step on, with the events that say so. Nothing becomes of what was so before. A call that ends
 * is the room's no more, and leaves its message where the tenant wants one.
 */
export function changeCall(
  change: Change,
  row: CallRow,
  input: CallInput,
  actorId: string | null,
): Refusal | null {
  const step = stepCall(row, input, change.at);
  if ("refusal" in step) {
    const { refusal: code, message } = step;
    return message === undefined ? { code } : { code, message };
  }
  if (step.row === row) return null;
  const isOver = step.row.call.state === "ended";
  const now = step.happened.length === 0 ? step.row : { ...step.row, revised: change.nextSeq };
  change.setHead({ call: isOver ? null : now });
  if (isOver) keepRecorded(change, now);
  for (const one of step.happened) change.addEvent(eventOf(one, actorId));
  if (!isOver) return null;
  change.endCall(now);
  if (row.leavesMessage) leaveMessage(change, step.row.call);
  return null;
}

/** Its recording is over when LiveKit says so, which may never come. */
function keepRecorded(change: Change, { call: { callId, region, recordings } }: CallRow): void {
  if (!recordings.some(({ state }) => state === "active")) return;
  const { stillRecorded = [] } = change.state.head;
  const until = later(change.at, limits.callRecordingSilenceMsMax);
  change.setHead({ stillRecorded: [...stillRecorded, { callId, region, until }] });
}

/** The room is open no more, or is gone: so is its call. */
export function endRunningCall(change: Change, actorId: string | null): void {
  changeRunning(change, { type: "end", failed: false }, actorId);
}

/** A user is no member any more: in the room's call it is not either. */
export function leaveRunningCall(change: Change, userId: string, actorId: string | null): void {
  changeRunning(change, { type: "leave", userId, lost: false }, actorId);
}

/** Nothing where there is no call. */
export function changeRunning(change: Change, input: CallInput, actorId: string | null): void {
  const { call } = change.state.head;
  if (call !== null) changeCall(change, call, input, actorId);
}

function eventOf(happened: CallHappened, actorId: string | null) {
  const { call } = happened;
  const { callId, kind } = call;
  const fields = { callId, kind, call };
  switch (happened.type) {
    case "accepted":
      return { type: "call.accepted", ...fields, userId: happened.userId } as const;
    case "joined":
      return { type: "call.joined", ...fields, userId: happened.userId } as const;
    case "left":
      return { type: "call.left", ...fields, userId: happened.userId } as const;
    case "declined": {
      const { userId, busy } = happened;
      return { type: "call.declined", ...fields, userId, busy } as const;
    }
    case "missed":
      return { type: "call.missed", ...fields, userIds: happened.userIds } as const;
    case "ended": {
      const { reason, durationSeconds } = happened;
      return { type: "call.ended", ...fields, actorId, reason, durationSeconds } as const;
    }
  }
}

/** What the history shows of it. Who wants other words finds in `custom` what they are made of. */
function leaveMessage(change: Change, call: Call): void {
  const { tenantId, head } = change.state;
  const { callId, kind, reason, durationSeconds } = call;
  const clientId = `call:${callId}`.slice(0, 128);
  const message: Message = {
    id: messageIdFor({ tenantId, roomId: head.roomId, senderId: null, clientId }),
    roomId: head.roomId,
    seq: change.nextSeq,
    number: head.number + 1,
    senderId: null,
    kind: "system",
    body: textOf(call),
    attachments: [],
    mentions: [],
    replyToId: null,
    threadId: null,
    thread: null,
    reactions: {},
    // No user: who called whom is the call's to say, and what it says can be taken back.
    custom: { call: { callId, kind, reason, durationSeconds } },
    clientId,
    createdAt: change.at,
    editedAt: null,
    deletedAt: null,
  };
  change.addMessage({ message, countable: head.countable, revised: message.seq, moreReactions: null });
  const { id: messageId, number, attachments, mentions, replyToId, threadId, custom, body } = message;
  const said = {
    kind: "system",
    body,
    attachments,
    mentions,
    replyToId,
    threadId,
    custom,
    clientId,
  } as const;
  change.addEvent({
    type: "message.created",
    messageId,
    number,
    senderId: null,
    ...said,
    silent: false,
    threadCount: null,
  });
}

function textOf({ kind, reason, durationSeconds }: Call): string {
  if (reason === "completed" || (reason === "failed" && durationSeconds !== null)) {
    const seconds = durationSeconds ?? 0;
    const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
    const two = (part: number) => String(part).padStart(2, "0");
    return `${kind === "video" ? "Video call" : "Call"}, ${h > 0 ? `${h}:${two(m)}` : m}:${two(s)}`;
  }
  if (reason === "declined") return "Declined call";
  return reason === "failed" ? "Failed call" : "Missed call";
}

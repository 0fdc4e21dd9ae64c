import type { ErrorCode } from "#shared/errors/catalogue.ts";
import { limits } from "#shared/limits.ts";
import {
  type Call,
  type CallParticipant,
  type CallReason,
  type CallSource,
  callSources,
} from "#shared/protocol/calls.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import { callUntil } from "#shared/store/due.ts";

/**
 * A call as a state machine: what becomes of it by what somebody does, or by a time that has come. Pure: who may do
 * what was asked before, and time comes with what happens.
 */
export type CallInput =
  /** Answers it, or comes to it. */
  | { readonly type: "join"; readonly userId: string; readonly identity: string }
  | { readonly type: "decline"; readonly userId: string; readonly busy: boolean }
  /** lost: it was nobody's wish. */
  | { readonly type: "leave"; readonly userId: string; readonly lost: boolean }
  /** LiveKit has let in a device of the user at this time, and that has sent these so far. */
  | {
      readonly type: "connected";
      readonly userId: string;
      readonly connectedAt: string;
      readonly published: readonly CallSource[];
    }
  | { readonly type: "cancel" }
  | { readonly type: "end"; readonly failed: boolean }
  /** One of its times may have come. */
  | { readonly type: "time" };

/** What is to be told of it, in order; each with the call as it is from then on. */
export type CallHappened = { readonly call: Call } & (
  | { readonly type: "accepted" | "joined" | "left"; readonly userId: string }
  | { readonly type: "declined"; readonly userId: string; readonly busy: boolean }
  | { readonly type: "missed"; readonly userIds: string[] }
  | { readonly type: "ended"; readonly reason: CallReason; readonly durationSeconds: number | null }
);

export type CallStep =
  | { readonly row: CallRow; readonly happened: readonly CallHappened[] }
  | { readonly refusal: ErrorCode; readonly message?: string };

interface CallStart {
  readonly number: number;
  readonly callId: string;
  readonly roomId: string;
  readonly kind: Call["kind"];
  readonly region: Call["region"];
  readonly custom: Call["custom"];
  readonly startedBy: Pick<CallParticipant, "userId" | "identity">;
  /** Whom it rings. Nobody: it waits for those who join. */
  readonly rung: readonly Pick<CallParticipant, "userId" | "identity">[];
  readonly ringSeconds: number;
  readonly leavesMessage: boolean;
  /** A group goes on while one is in it. */
  readonly isGroup: boolean;
  readonly at: string;
}

const nothingYet = { joinedAt: null, leftAt: null, seconds: 0, connection: null, quality: null } as const;

export function startedCall(start: CallStart): CallRow {
  const {
    number,
    callId,
    roomId,
    kind,
    region,
    custom,
    startedBy,
    rung,
    ringSeconds,
    leavesMessage,
    isGroup,
    at,
  } = start;
  const rings = rung.length > 0;
  const call: Call = {
    callId,
    roomId,
    kind,
    state: rings ? "ringing" : "active",
    reason: null,
    startedBy: startedBy.userId,
    region,
    custom,
    participants: [
      { ...startedBy, ...nothingYet, state: "joined", joinedAt: at },
      ...rung.map((one) => ({ ...one, ...nothingYet, state: "ringing" as const })),
    ],
    recordings: [],
    createdAt: at,
    ringEndsAt: rings ? later(at, ringSeconds * 1_000) : null,
    answeredAt: null,
    endedAt: null,
    durationSeconds: null,
  };
  const aloneUntil = rings ? null : later(at, limits.callAloneMs);
  return { number, revised: 0, call, leavesMessage, isGroup, aloneUntil };
}

export function stepCall(row: CallRow, input: CallInput, at: string): CallStep {
  if (row.call.state === "ended") return { refusal: "call_ended" };
  switch (input.type) {
    case "join":
      return joined(row, input, at);
    case "decline":
      return declined(row, input, at);
    case "leave":
      return left(row, input, at);
    case "connected":
      return connected(row, input);
    case "cancel":
      if (row.call.state === "ringing") return ended(row, "cancelled", at, []);
      return { refusal: "call_conflict", message: "Somebody has answered: leave the call, or end it." };
    case "end": {
      const whole = row.call.answeredAt === null ? "cancelled" : "completed";
      return ended(row, input.failed ? "failed" : whole, at, []);
    }
    case "time":
      return timed(row, at);
  }
}

/** A user has one place in a call, on whatever device. */
function joined(row: CallRow, { userId, identity }: CallInput & { type: "join" }, at: string): CallStep {
  const { call } = row;
  const before = find(call, userId);
  if (before?.state === "joined") return unchanged(row);
  if (before === undefined && call.participants.length >= limits.callParticipantsMax) {
    return { refusal: "call_full" };
  }
  const was = before ?? nothingYet;
  const now: CallParticipant = { ...was, userId, identity, state: "joined", joinedAt: at, leftAt: null };
  const participants =
    before === undefined ? [...call.participants, now] : replaced(call.participants, userId, now);
  const answered: Call = { ...call, state: "active", answeredAt: call.answeredAt ?? at, participants };
  const type = before?.state === "ringing" ? "accepted" : "joined";
  const next = withRinging(answered);
  return settled({ ...row, call: next }, at, [{ type, userId, call: next }]);
}

function declined(row: CallRow, { userId, busy }: CallInput & { type: "decline" }, at: string): CallStep {
  const before = find(row.call, userId);
  if (before?.state === "joined") {
    return { refusal: "call_conflict", message: "The user is in the call: leave it." };
  }
  if (before?.state !== "ringing") return unchanged(row);
  const call = withState(row.call, userId, { state: busy ? "busy" : "declined" });
  return settled({ ...row, call }, at, [{ type: "declined", userId, busy, call }]);
}

function left(row: CallRow, { userId, lost }: CallInput & { type: "leave" }, at: string): CallStep {
  const before = find(row.call, userId);
  if (before?.state === "ringing") return declined(row, { type: "decline", userId, busy: false }, at);
  if (before?.state !== "joined") return unchanged(row);
  const { connection } = before;
  const call = withState(row.call, userId, {
    ...gone(row.call, before, at),
    // Of a call that an older release has begun there may be none.
    connection: connection != null && lost ? { ...connection, lost: connection.lost + 1 } : connection,
  });
  return settled({ ...row, call }, at, [{ type: "left", userId, call }]);
}

/** One who was in it until now. Who waits for an answer is not in a call yet. */
function gone({ answeredAt }: Call, { joinedAt, seconds }: CallParticipant, at: string) {
  const sinceMs = Math.max(Date.parse(joinedAt ?? at), Date.parse(answeredAt ?? at));
  const staySeconds = Math.floor((Date.parse(at) - sinceMs) / 1_000);
  return { state: "left" as const, leftAt: at, seconds: (seconds ?? 0) + staySeconds };
}

/** It is told in any order, and again: of a device that came before the one that is known nothing is counted. */
function connected(
  row: CallRow,
  { userId, connectedAt, published }: CallInput & { type: "connected" },
): CallStep {
  const before = find(row.call, userId);
  if (before?.state !== "joined") return unchanged(row);
  const known = before.connection ?? { times: 0, lastAt: null, lost: 0, published: [] };
  const isNew = known.lastAt === null || known.lastAt < connectedAt;
  const all = callSources.filter((one) => known.published.includes(one) || published.includes(one));
  if (!isNew && all.length === known.published.length) return unchanged(row);
  const connection = {
    times: isNew ? known.times + 1 : known.times,
    lastAt: isNew ? connectedAt : known.lastAt,
    lost: known.lost,
    published: all,
  };
  return { row: { ...row, call: withState(row.call, userId, { connection }) }, happened: [] };
}

/** All of its times that have come. */
function timed(row: CallRow, at: string): CallStep {
  if (callUntil(row) <= at) return ended(row, row.call.answeredAt === null ? "missed" : "completed", at, []);
  if (row.aloneUntil !== null && row.aloneUntil <= at) {
    return ended(row, row.call.answeredAt === null ? "missed" : "completed", at, []);
  }
  const { ringEndsAt, participants } = row.call;
  if (ringEndsAt === null || ringEndsAt > at) return unchanged(row);
  const userIds = participants.filter(({ state }) => state === "ringing").map(({ userId }) => userId);
  const call: Call = {
    ...row.call,
    ringEndsAt: null,
    participants: participants.map((one) => (one.state === "ringing" ? { ...one, state: "missed" } : one)),
  };
  return settled({ ...row, call }, at, [{ type: "missed", userIds, call }]);
}

/** Whether it goes on with those who are left. */
function settled(row: CallRow, at: string, happened: readonly CallHappened[]): CallStep {
  const { call, isGroup } = row;
  const count = (wanted: CallParticipant["state"]) =>
    call.participants.filter(({ state }) => state === wanted).length;
  const inIt = count("joined");
  if (call.state === "ringing") {
    if (inIt === 0) return ended(row, "cancelled", at, happened);
    if (count("ringing") > 0) return { row, happened };
    const reason = count("declined") > 0 ? "declined" : count("busy") > 0 ? "busy" : "missed";
    return ended(row, reason, at, happened);
  }
  if (inIt === 0 || (inIt === 1 && !isGroup)) {
    return ended(row, call.answeredAt === null ? "missed" : "completed", at, happened);
  }
  const aloneUntil = inIt > 1 ? null : (row.aloneUntil ?? later(at, limits.callAloneMs));
  return { row: { ...row, aloneUntil }, happened };
}

function ended(row: CallRow, reason: CallReason, at: string, happened: readonly CallHappened[]): CallStep {
  const { call } = row;
  const { answeredAt } = call;
  const ms = answeredAt === null ? null : Date.parse(at) - Date.parse(answeredAt);
  const durationSeconds = ms === null ? null : Math.floor(ms / 1_000);
  const over: Call = {
    ...call,
    state: "ended",
    reason,
    ringEndsAt: null,
    endedAt: at,
    durationSeconds,
    participants: call.participants.map((one) => {
      if (one.state === "joined") return { ...one, ...gone(call, one, at) };
      return one.state === "ringing" ? { ...one, state: "missed" } : one;
    }),
  };
  return {
    row: { ...row, call: over, aloneUntil: null },
    happened: [...happened, { type: "ended", reason, durationSeconds, call: over }],
  };
}

function unchanged(row: CallRow): CallStep {
  return { row, happened: [] };
}

function find({ participants }: Call, userId: string): CallParticipant | undefined {
  return participants.find((one) => one.userId === userId);
}

function withState(call: Call, userId: string, change: Partial<CallParticipant>): Call {
  const before = find(call, userId);
  if (before === undefined) return call;
  const participants = replaced(call.participants, userId, { ...before, ...change });
  return withRinging({ ...call, participants });
}

/** It rings as long as somebody is rung. */
function withRinging(call: Call): Call {
  const rings = call.participants.some(({ state }) => state === "ringing");
  return rings ? call : { ...call, ringEndsAt: null };
}

function replaced(
  participants: readonly CallParticipant[],
  userId: string,
  now: CallParticipant,
): CallParticipant[] {
  return participants.map((one) => (one.userId === userId ? now : one));
}

export function later(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}

import { limits } from "#shared/limits.ts";
import type { Call, CallRecording } from "#shared/protocol/calls.ts";
import type { RecordCall, RecordedCall } from "#shared/protocol/commands.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import { type Applied, Change, type Context, refused, unchanged } from "./applied.ts";
import { callNamed } from "./apply-call.ts";
import { deny } from "./deny.ts";
import type { RoomState } from "./state.ts";

/** LiveKit has begun to record a call, for one who may. One recording goes on at a time. */
export function recordCall(state: RoomState, command: RecordCall, context: Context): Applied {
  const denied = deny(state, command, "call.end");
  if (denied !== null) return denied;
  const row = callNamed(state, command.callId, context);
  if (row === null) return refused(state, "call_not_found");
  const { call } = row;
  const { recordings } = call;
  const isKnown = recordings.some(({ recordingId }) => recordingId === command.recordingId);
  if (isKnown) return unchanged(state, { kind: "existing", resource: call });
  if (call.state === "ended") return refused(state, "call_ended");
  if (call.state === "ringing") return refused(state, "call_conflict", "Nobody has answered the call yet.");
  if (recordings.some((one) => one.state === "active")) {
    return refused(state, "call_conflict", "The call is being recorded.");
  }
  if (recordings.length >= limits.callRecordingsMax) {
    return refused(state, "call_conflict", "The call was recorded as often as may be.");
  }
  if ((state.head.stillRecorded ?? []).length >= limits.callsRecordedMax) {
    return refused(state, "call_conflict", "Calls of the room that have ended are being recorded still.");
  }
  const change = new Change(state, context.position, command.at);
  const recording: CallRecording = {
    recordingId: command.recordingId,
    state: "active",
    startedAt: change.at,
    endedAt: null,
    location: null,
  };
  const now = withRecording(row, recording, change.nextSeq);
  change.changeCall(now);
  const { callId, kind } = call;
  const { userId: actorId } = command.actor;
  change.addEvent({ type: "call.recording", callId, kind, actorId, recording, call: now.call });
  return change.done({ kind: "applied", resource: now.call });
}

/**
 * LiveKit records a call no more, which may have ended before. What it was told by others to record is kept with the
 * call too, as the customer is to know of it.
 */
export function recordedCall(state: RoomState, command: RecordedCall, context: Context): Applied {
  if (command.actor.kind !== "server") return refused(state, "forbidden");
  const row = callNamed(state, command.callId, context);
  if (row === null) return refused(state, "call_not_found");
  const { call } = row;
  const { recordingId, location, failed } = command;
  const before = call.recordings.find((one) => one.recordingId === recordingId);
  const isSettled =
    before === undefined ? call.recordings.length >= limits.callRecordingsMax : before.endedAt !== null;
  if (isSettled) return unchanged(state, { kind: "existing", resource: call });
  const change = new Change(state, context.position, command.at);
  const resource = endRecording(change, row, { recordingId, location, failed });
  return change.done({ kind: "applied", resource });
}

/** Those of calls that have ended so long ago: whoever records them is silent for good. */
export function failSilentRecordings(change: Change, at: string, context: Context): void {
  const { stillRecorded = [] } = change.state.head;
  for (const { callId, until } of stillRecorded) {
    if (until > at) continue;
    const row = context.callOf(callId);
    const active = row?.call.recordings.find(({ state }) => state === "active");
    if (row === null || active === undefined) forgetRecorded(change, callId);
    else endRecording(change, row, { recordingId: active.recordingId, location: null, failed: true });
  }
}

function endRecording(
  change: Change,
  row: CallRow,
  { recordingId, location, failed }: Pick<RecordedCall, "recordingId" | "location" | "failed">,
): Call {
  const { callId, kind, recordings, answeredAt, createdAt } = row.call;
  const before = recordings.find((one) => one.recordingId === recordingId);
  const recording: CallRecording = {
    recordingId,
    state: failed ? "failed" : "ended",
    startedAt: before?.startedAt ?? answeredAt ?? createdAt,
    endedAt: change.at,
    location,
  };
  const now = withRecording(row, recording, change.nextSeq);
  change.changeCall(now);
  if (!now.call.recordings.some(({ state }) => state === "active")) forgetRecorded(change, callId);
  change.addEvent({ type: "call.recorded", callId, kind, recording, call: now.call });
  return now.call;
}

/** None of this call goes on any more. */
function forgetRecorded(change: Change, callId: string): void {
  const { stillRecorded = [] } = change.state.head;
  const left = stillRecorded.filter((one) => one.callId !== callId);
  if (left.length < stillRecorded.length) change.setHead({ stillRecorded: left });
}

function withRecording(row: CallRow, recording: CallRecording, revised: number): CallRow {
  const others = row.call.recordings.filter(({ recordingId }) => recordingId !== recording.recordingId);
  return { ...row, revised, call: { ...row.call, recordings: [...others, recording] } };
}

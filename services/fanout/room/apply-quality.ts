import { isDeepStrictEqual } from "node:util";
import { limits } from "#shared/limits.ts";
import type { CallParticipant, CallQuality } from "#shared/protocol/calls.ts";
import type { ReportQuality } from "#shared/protocol/commands.ts";
import { type Applied, Change, type Context, refused, unchanged } from "./applied.ts";
import { callNamed } from "./apply-call.ts";
import type { RoomState } from "./state.ts";

/**
 * Says how good a call was to a user: to one who was in it, and is in the room. Neither the room's state nor the user's
 * role matters, as what it is about has been.
 */
export function reportQuality(state: RoomState, command: ReportQuality, context: Context): Applied {
  const { userId } = command.actor;
  if (userId === null || state.members.get(userId) === null) return refused(state, "not_a_member");
  const row = callNamed(state, command.callId, context);
  if (row === null) return refused(state, "call_not_found");
  const own = row.call.participants.find((one) => one.userId === userId);
  if (own === undefined || own.joinedAt === null) {
    return refused(state, "call_conflict", "The user was not in the call.");
  }
  const change = new Change(state, context.position, command.at);
  const { endedAt } = row.call;
  if (endedAt !== null && Date.parse(change.at) - Date.parse(endedAt) > limits.callQualityMsMax) {
    return refused(state, "call_ended", "The call has ended too long ago.");
  }
  const quality = mergedQuality(own, command, change.at);
  if (isDeepStrictEqual({ ...quality, reportedAt: null }, { ...own.quality, reportedAt: null })) {
    return unchanged(state, { kind: "existing", resource: row.call });
  }
  const participants = row.call.participants.map((one) => (one === own ? { ...one, quality } : one));
  const call = { ...row.call, participants };
  change.changeCall({ ...row, revised: change.nextSeq, call });
  const { callId, kind } = call;
  change.addEvent({ type: "call.quality", callId, kind, userId, quality, call });
  return change.done({ kind: "applied", resource: call });
}

function mergedQuality(
  { quality }: CallParticipant,
  { seconds, reconnects, rating }: ReportQuality,
  reportedAt: string,
): CallQuality {
  return {
    seconds: seconds ?? quality?.seconds ?? null,
    reconnects: reconnects ?? quality?.reconnects ?? null,
    rating: rating ?? quality?.rating ?? null,
    reportedAt,
  };
}

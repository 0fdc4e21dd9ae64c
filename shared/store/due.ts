import { limits } from "#shared/limits.ts";
import type { CallRow } from "./call-store.ts";
import type { RoomHead } from "./store.ts";

/** When a room next changes by itself; null: never. A time that had passed when it was set is due at once. */
export function dueOf(head: RoomHead): string | null {
  const { state, deleted, freezeAt, closeAt, call, stillRecorded = [] } = head;
  if (deleted) return null;
  const own = state === "closed" ? null : state === "frozen" ? closeAt : earlier(freezeAt, closeAt);
  const times = [call === null ? null : callDue(call), ...stillRecorded.map(({ until }) => until)];
  return times.reduce(earlier, own);
}

/** The same, and never before the room's newest event: so a reader that has come to a time has seen all before it. */
export function dueFrom(head: RoomHead): string | null {
  const due = dueOf(head);
  return due !== null && due < head.updatedAt ? head.updatedAt : due;
}

/** When a call that runs next changes by itself. */
function callDue(row: CallRow): string | null {
  return earlier(earlier(row.call.ringEndsAt, row.aloneUntil), callUntil(row));
}

/** A call that nobody has ended by then ends. */
export function callUntil({ call }: CallRow): string {
  return new Date(Date.parse(call.createdAt) + limits.callLengthMsMax).toISOString();
}

function earlier(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

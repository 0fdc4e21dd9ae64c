import type { RoomDue } from "#shared/protocol/commands.ts";
import { dueOf } from "#shared/store/due.ts";
import { type Applied, Change, type Context, unchanged } from "./applied.ts";
import { failSilentRecordings } from "./apply-recording.ts";
import { changeCall } from "./call-change.ts";
import { moveTo } from "./move.ts";
import { type RoomState, roomResource } from "./state.ts";

/** A time of the room may have come: the room is as it must be then, whatever it was told before and how often. */
export function roomDue(state: RoomState, command: RoomDue, context: Context): Applied {
  const due = dueOf(state.head);
  if (due === null || due > command.at) {
    return unchanged(state, { kind: "existing", resource: roomResource(state, null) });
  }
  const { closeAt, freezeAt, call } = state.head;
  const has = (time: string | null) => time !== null && time <= command.at;
  const closes = state.head.state !== "closed" && has(closeAt);
  const freezes = state.head.state === "open" && has(freezeAt);
  const change = new Change(state, context.position, command.at);
  if (closes) moveTo(change, "closed", null);
  else if (freezes) moveTo(change, "frozen", null);
  else if (call !== null) changeCall(change, call, { type: "time" }, null);
  failSilentRecordings(change, command.at, context);
  return change.done({ kind: "applied", resource: roomResource(change.state, null) });
}

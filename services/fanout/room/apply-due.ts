import type { RoomDue } from "#shared/protocol/commands.ts";
import { dueOf } from "#shared/store/due.ts";
import { type Applied, Change, unchanged } from "./applied.ts";
import { changeCall } from "./call-change.ts";
import { moveTo } from "./move.ts";
import { type RoomState, roomResource } from "./state.ts";

/** A time of the room may have come: the room is as it must be then, whatever it was told before and how often. */
export function roomDue(state: RoomState, command: RoomDue, position: number): Applied {
  const due = dueOf(state.head);
  if (due === null || due > command.at) {
    return unchanged(state, { kind: "existing", resource: roomResource(state, null) });
  }
  const { closeAt, freezeAt, call } = state.head;
  const has = (time: string | null) => time !== null && time <= command.at;
  const freezes = state.head.state === "open" && has(freezeAt);
  const change = new Change(state, position, command.at);
  if (has(closeAt)) moveTo(change, "closed", null);
  else if (freezes) moveTo(change, "frozen", null);
  else if (call !== null) changeCall(change, call, { type: "time" }, null);
  return change.done({ kind: "applied", resource: roomResource(change.state, null) });
}

import type { RoomDue } from "#shared/protocol/commands.ts";
import { dueOf } from "#shared/store/due.ts";
import { type Applied, Change, unchanged } from "./applied.ts";
import { moveTo } from "./move.ts";
import { type RoomState, roomResource } from "./state.ts";

/** A time of the room may have come: the room is as it must be then, whatever it was told before and how often. */
export function roomDue(state: RoomState, command: RoomDue, position: number): Applied {
  const due = dueOf(state.head);
  if (due === null || due > command.at) {
    return unchanged(state, { kind: "existing", resource: roomResource(state, null) });
  }
  const closes = state.head.closeAt !== null && state.head.closeAt <= command.at;
  const change = new Change(state, position, command.at);
  moveTo(change, closes ? "closed" : "frozen", null);
  return change.done({ kind: "applied", resource: roomResource(change.state, null) });
}

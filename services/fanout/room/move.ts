import type { RoomLifecycle } from "#shared/protocol/resources.ts";
import type { Change } from "./applied.ts";
import { endRunningCall } from "./call-change.ts";

const events = { open: "room.reopened", frozen: "room.frozen", closed: "room.closed" } as const;

/**
 * Freezes, closes or opens a room, with the event that says so. Times that have come are spent, not met again; but one
 * at which an open room is to close is still to be met when it is frozen.
 */
export function moveTo(change: Change, state: RoomLifecycle, actorId: string | null): void {
  if (state !== "open") endRunningCall(change, actorId);
  const left = (time: string | null) => (time !== null && time <= change.at ? null : time);
  const { state: before, freezeAt, closeAt } = change.state.head;
  const closes = before === "open" && state === "frozen";
  const closedAt = state === "closed" ? change.at : null;
  change.setHead({ state, closedAt, freezeAt: left(freezeAt), closeAt: closes ? closeAt : left(closeAt) });
  change.addEvent({ type: events[state], actorId });
}

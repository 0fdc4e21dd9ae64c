import type { RoomLifecycle } from "#shared/protocol/resources.ts";
import type { Change } from "./applied.ts";

const events = { open: "room.reopened", frozen: "room.frozen", closed: "room.closed" } as const;

/** Freezes, closes or opens a room, with the event that says so. Times that have come are spent, not met again. */
export function moveTo(change: Change, state: RoomLifecycle, actorId: string | null): void {
  const left = (time: string | null) => (time !== null && time <= change.at ? null : time);
  const { freezeAt, closeAt } = change.state.head;
  const closedAt = state === "closed" ? change.at : null;
  change.setHead({ state, closedAt, freezeAt: left(freezeAt), closeAt: left(closeAt) });
  change.addEvent({ type: events[state], actorId });
}

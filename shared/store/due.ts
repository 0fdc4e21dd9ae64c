import type { RoomHead } from "./store.ts";

/** When a room next changes by itself; null: never. A time that had passed when it was set is due at once. */
export function dueOf({ state, deleted, freezeAt, closeAt }: RoomHead): string | null {
  if (deleted || state === "closed") return null;
  if (state === "frozen" || freezeAt === null) return closeAt;
  return closeAt === null || freezeAt < closeAt ? freezeAt : closeAt;
}

/** The same, and never before the room's newest event: so a reader that has come to a time has seen all before it. */
export function dueFrom(head: RoomHead): string | null {
  const due = dueOf(head);
  return due !== null && due < head.updatedAt ? head.updatedAt : due;
}

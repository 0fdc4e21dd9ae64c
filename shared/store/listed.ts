import type { RoomHead } from "./store.ts";

/** Whether a room stands in its members' lists: frozen ones do, closed and deleted ones do not. */
export function isListed(head: RoomHead): boolean {
  return head.state !== "closed" && !head.deleted;
}

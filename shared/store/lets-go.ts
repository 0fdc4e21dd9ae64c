import type { RoomWrite } from "./store.ts";

/** Whether the newest step of `head.expired` is of this write: also one of events alone, of a room that has no message. */
export function letsGo({ head, expired }: RoomWrite): boolean {
  return expired.length > 0 || (head.expired !== undefined && head.expired.position === head.position);
}

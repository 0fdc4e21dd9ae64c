import { type Static, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import type { RoomId } from "./ids.ts";

export const roomPatternDoc = "`*` stands for any characters: `order_*`.";
/** Rooms by their id. */
export const RoomPattern = Type.String({
  pattern: `^[A-Za-z0-9_\\-.:@|*]{1,${limits.idCharsMax}}$`,
  description: roomPatternDoc,
});

/** Whether a room's id is one that the pattern stands for. In time linear in both, whatever the customer wrote. */
export function matchesRoomPattern(pattern: string, roomId: Static<typeof RoomId>): boolean {
  const [head = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return roomId === pattern;
  const tail = rest.pop() ?? "";
  if (roomId.length < head.length + tail.length) return false;
  if (!roomId.startsWith(head) || !roomId.endsWith(tail)) return false;
  const end = roomId.length - tail.length;
  let from = head.length;
  for (const part of rest) {
    const at = roomId.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

import { AppError } from "#shared/errors/app-error.ts";
import type { RoomHead } from "#shared/store/store.ts";

/** Where a page of rooms ended: the last one's place in the order. */
type Place = Pick<RoomHead, "updatedAt" | "roomId">;

export function cursorOf(last: Place | undefined): string | null {
  if (last === undefined) return null;
  return Buffer.from(JSON.stringify([last.updatedAt, last.roomId])).toString("base64url");
}

/** @throws AppError invalid_request when the cursor is not one of ours. */
export function afterCursor<T>(
  items: readonly T[],
  cursor: string | undefined,
  isAfter: (item: T, last: Place) => boolean,
): readonly T[] {
  if (cursor === undefined) return items;
  const last = placeOf(cursor);
  return items.filter((item) => isAfter(item, last));
}

function placeOf(cursor: string): Place {
  try {
    const [updatedAt, roomId] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    if (typeof updatedAt === "string" && typeof roomId === "string") return { updatedAt, roomId };
  } catch {
    // Falls through to the one answer for every bad cursor.
  }
  throw new AppError("invalid_request", undefined, {
    details: [{ path: "/cursor", message: "is not of this list" }],
  });
}

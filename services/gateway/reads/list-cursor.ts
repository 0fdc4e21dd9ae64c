import { AppError } from "#shared/errors/app-error.ts";
import type { ClosedRoom } from "#shared/store/listings.ts";
import type { RoomHead } from "#shared/store/store.ts";

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

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

/** Where a page of closed rooms ended. */
export function closedCursorOf(last: ClosedRoom | null): string | null {
  return last === null ? null : cursorOf({ updatedAt: last.closedAt, roomId: last.roomId });
}

/** @throws AppError invalid_request when the cursor is not one of ours. */
export function closedPlaceOf(cursor: string | undefined): ClosedRoom | null {
  if (cursor === undefined) return null;
  const { updatedAt: closedAt, roomId } = placeOf(cursor);
  return { closedAt, roomId };
}

function placeOf(cursor: string): Place {
  try {
    const [updatedAt, roomId] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    const isTime = typeof updatedAt === "string" && timePattern.test(updatedAt);
    if (isTime && typeof roomId === "string") return { updatedAt, roomId };
  } catch {
    // Falls through to the one answer for every bad cursor.
  }
  throw new AppError("invalid_request", undefined, {
    details: [{ path: "/cursor", message: "is not of this list" }],
  });
}

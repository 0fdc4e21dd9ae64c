import { AppError } from "#shared/errors/app-error.ts";
import type { MemberRow, RoomHead } from "#shared/store/store.ts";

/**
 * Whether a member may send in its room as both stand now.
 *
 * @throws AppError read_only, room_closed, room_frozen.
 */
export function assertSends({
  head,
  member,
}: {
  readonly head: Pick<RoomHead, "state">;
  readonly member: Pick<MemberRow, "role">;
}): void {
  if (!sendsByRole(member)) throw new AppError("read_only");
  if (head.state === "closed") throw new AppError("room_closed");
  if (head.state === "frozen") throw new AppError("room_frozen");
}

export function sendsByRole({ role }: Pick<MemberRow, "role">): boolean {
  return role === "owner" || role === "member";
}

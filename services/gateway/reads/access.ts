import { AppError } from "#shared/errors/app-error.ts";
import type { MemberRow, RoomHead, Store } from "#shared/store/store.ts";

/** Who reads: a user, or (null) the customer's server for none of them. */
export interface Reader {
  readonly tenantId: string;
  readonly userId: string | null;
}

/**
 * Lets a reader into a room: servers into any of their tenant, users into those they are a member of. Reads of the
 * room's content can be under way meanwhile; they are thrown away when this throws.
 *
 * @throws AppError room_not_found, not_a_member.
 */
export async function enterRoom(
  store: Pick<Store, "readHeads" | "readMember">,
  { tenantId, userId }: Reader,
  roomId: string,
): Promise<{ head: RoomHead; member: MemberRow | null }> {
  const [[head], member] = await Promise.all([
    store.readHeads(tenantId, [roomId]),
    userId === null ? null : store.readMember(tenantId, roomId, userId),
  ]);
  if (head === null || head === undefined || head.deleted) throw new AppError("room_not_found");
  if (userId !== null && member === null) throw new AppError("not_a_member");
  return { head, member };
}

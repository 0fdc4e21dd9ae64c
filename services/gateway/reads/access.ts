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
  store: Pick<Store, "readHeads" | "readMemberships">,
  { tenantId, userId }: Reader,
  roomId: string,
): Promise<{ head: RoomHead; member: MemberRow | null }> {
  const [found] =
    userId === null
      ? (await store.readHeads(tenantId, [roomId])).map((head) => head && { head, member: null })
      : await store.readMemberships(tenantId, userId, [roomId]);
  const { head, member } = found ?? { head: null, member: null };
  if (head === null || head.deleted) throw new AppError("room_not_found");
  if (userId !== null && member === null) throw new AppError("not_a_member");
  return { head, member };
}

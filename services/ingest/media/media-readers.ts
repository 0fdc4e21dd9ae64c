import { limits } from "#shared/limits.ts";
import type { MediaRow, MediaUse } from "#shared/store/media-store.ts";
import { isHiddenFrom } from "#shared/store/shown.ts";
import type { MemberRow, Store } from "#shared/store/store.ts";

type ReadersStore = Pick<Store, "media" | "readMemberships" | "readMessage">;

/** Messages that are read at a time. */
const readAtOnce = 10;

/**
 * Whether a user may see a file: it is a member of a room where a message names it now, and sees that message. So who
 * is removed, what is deleted and whom somebody blocks count here as they do in the history, and a message that was
 * refused shows its file to nobody.
 */
export async function mayRead(
  store: ReadersStore,
  tenantId: string,
  userId: string,
  { mediaId }: Pick<MediaRow, "mediaId">,
): Promise<boolean> {
  const uses = await store.media.listUses(tenantId, mediaId, limits.mediaUsesMax);
  const roomIds = [...new Set(uses.map(({ roomId }) => roomId))];
  const found = roomIds.length === 0 ? [] : await store.readMemberships(tenantId, userId, roomIds);
  const members = new Map<string, MemberRow>();
  for (const [i, room] of found.entries()) {
    const { head, member } = room ?? { head: null, member: null };
    if (head?.deleted === false && member !== null) members.set(roomIds[i] ?? "", member);
  }

  async function shows({ roomId, messageId }: MediaUse): Promise<boolean> {
    const member = members.get(roomId);
    if (member === undefined) return false;
    const row = await store.readMessage(tenantId, roomId, messageId);
    const names = row?.message.attachments.some((attachment) => attachment.mediaId === mediaId) ?? false;
    return names && !isHiddenFrom(member, row?.message.senderId ?? null);
  }

  const readable = uses.filter(({ roomId }) => members.has(roomId));
  for (let i = 0; i < readable.length; i += readAtOnce) {
    const shown = await Promise.all(readable.slice(i, i + readAtOnce).map(shows));
    if (shown.includes(true)) return true;
  }
  return false;
}

import { limits } from "#shared/limits.ts";
import type { ExpireMessages } from "#shared/protocol/commands.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { RoomHead, Store } from "#shared/store/store.ts";
import type { ExpiringPart, ToldEvent } from "../room/parts.ts";
import { toldOf } from "./told.ts";

type ExpiringStore = Pick<Store, "readMessages" | "readEvents" | "readVersions" | "findMessages">;

/**
 * The messages that are to go, and the events after them that tell what they say.
 *
 * @returns null where the store is ahead of what memory has of the room.
 */
export async function readExpiring(
  store: ExpiringStore,
  { tenantId, roomId, number }: ExpireMessages,
  head: RoomHead,
): Promise<{ expiring: ExpiringPart; told: ReadonlyMap<string, readonly ToldEvent[]> } | null> {
  const after = head.expired?.number ?? 0;
  // By `after` alone a page has the oldest of those after it, the newest of them first.
  const page = await store.readMessages(tenantId, roomId, { after, limit: limits.expiredMessagesMax });
  const messages = page.filter(({ message }) => message.number <= number).toReversed();
  if (messages.some(({ revised }) => revised > head.seq)) return null;
  const [told, pinned] = await Promise.all([
    Promise.all(
      messages.map(
        async ({ message }) => [message.id, await eventsOf(store, { tenantId, roomId }, message)] as const,
      ),
    ),
    store.findMessages(
      tenantId,
      roomId,
      head.pinned.map(({ messageId }) => messageId),
    ),
  ]);
  const last = messages.at(-1)?.message.number ?? after;
  const gone = [...pinned.places].filter(([, place]) => place.number <= last).map(([id]) => id);
  return { expiring: { messages, pinned: new Set(gone) }, told: new Map(told) };
}

/** The event that told of a message first goes with it, unread; those of its changes may come later. */
async function eventsOf(
  store: ExpiringStore,
  room: { readonly tenantId: string; readonly roomId: string },
  message: Message,
): Promise<readonly ToldEvent[]> {
  const { editedAt, deletedAt, seq, createdAt } = message;
  return editedAt === null && deletedAt === null
    ? [{ seq, at: createdAt, row: null }]
    : await toldOf(store, room, message);
}

import type { Message } from "#shared/protocol/resources.ts";
import { isHiddenFrom } from "#shared/store/shown.ts";
import type { MemberRow, RoomHead, Store } from "#shared/store/store.ts";

/** Messages looked at for one that is not hidden: of a room where nobody else speaks there is no preview. */
const lookedAtMax = 20;

/** A room's newest message that its reader may see, for its preview. Whoever blocks nobody asks nothing. */
export async function withVisibleLast(
  store: Pick<Store, "readMessages">,
  tenantId: string,
  head: RoomHead,
  member: MemberRow | null,
): Promise<RoomHead> {
  if (!isHiddenFrom(member, head.lastMessage?.senderId ?? null)) return head;
  const page = { before: head.number, limit: lookedAtMax };
  const rows = await store.readMessages(tenantId, head.roomId, page);
  const visible = rows.find(({ message }) => !isHiddenFrom(member, message.senderId));
  return { ...head, lastMessage: visible?.message ?? null };
}

export function visibleMessages(messages: readonly Message[], member: MemberRow | null): Message[] {
  return messages.filter(({ senderId }) => !isHiddenFrom(member, senderId));
}

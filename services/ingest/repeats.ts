import type { CreateMessage } from "#shared/protocol/commands.ts";
import type { Store } from "#shared/store/store.ts";

/** Whether a message was said before, under the same `clientId`: the original is its answer, so it is not refused. */
export async function isRepeat(
  store: Pick<Store, "findMessages">,
  {
    tenantId,
    roomId,
    messageId,
    clientId,
  }: Pick<CreateMessage, "tenantId" | "roomId" | "messageId" | "clientId">,
): Promise<boolean> {
  if (clientId === null) return false;
  return (await store.findMessages(tenantId, roomId, [messageId])).places.has(messageId);
}

import type { CallRow } from "#shared/store/call-store.ts";
import type { Store } from "#shared/store/store.ts";

/** Calls of the room, by the ids that are asked for, whether those are their own or of who joined them by calling. */
export async function readNamedCalls(
  store: Store,
  { tenantId, roomId }: { tenantId: string; roomId: string },
  callIds: readonly string[],
): Promise<ReadonlyMap<string, CallRow>> {
  const found = await Promise.all(
    callIds.map(async (callId) => ({ callId, call: await store.readCall(tenantId, callId) })),
  );
  return new Map(
    found.flatMap(({ callId, call }) => (call?.roomId === roomId ? [[callId, call.row] as const] : [])),
  );
}

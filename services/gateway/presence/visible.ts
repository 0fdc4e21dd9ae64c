import { limits } from "#shared/limits.ts";
import type { Store } from "#shared/store/store.ts";
import { defaultUserSettings } from "#shared/store/user-settings.ts";
import type { Reader } from "../reads/access.ts";

/**
 * Of whom a reader may know whether they are there: servers of all their tenant's users, a user of itself and of those
 * whom it sees in an open room of its own, unless they do not want to be seen, or not by it.
 */
export async function visibleTo(
  store: Pick<Store, "listOpenRooms" | "listSeenRooms" | "readUserSettings">,
  { tenantId, userId }: Reader,
  userIds: readonly string[],
): Promise<Set<string>> {
  if (userId === null) return new Set(userIds);
  const visible = new Set(userIds.filter((other) => other === userId));
  const others = userIds.filter((other) => other !== userId);
  if (others.length === 0) return visible;
  const own = new Set(await store.listOpenRooms(tenantId, userId));
  if (own.size === 0) return visible;
  const sharing: string[] = [];
  for (let i = 0; i < others.length; i += limits.storeReadsPerCallMax) {
    await Promise.all(
      others.slice(i, i + limits.storeReadsPerCallMax).map(async (other) => {
        const rooms = await store.listSeenRooms(tenantId, other);
        if (rooms.some((roomId) => own.has(roomId))) sharing.push(other);
      }),
    );
  }
  const settings = await store.readUserSettings(tenantId, sharing);
  for (const [i, other] of sharing.entries()) {
    const wanted = settings[i] ?? defaultUserSettings;
    if (wanted.presence && !wanted.blocked.includes(userId)) visible.add(other);
  }
  return visible;
}

import { LRUCache } from "lru-cache";
import type { Clock } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Store } from "#shared/store/store.ts";

/**
 * Keeps a user's list of open rooms within what a handshake can carry. Two nodes that let the same user in at the same
 * moment may pass the bound by as many: it protects readers, it is not a quota.
 */
export class OpenRooms {
  readonly #store: Pick<Store, "listOpenRooms">;
  readonly #clock: Clock;
  /** When each user was last seen to be far from the bound. */
  readonly #roomy = new LRUCache<string, number>({ max: limits.authorityCacheEntriesMax });

  constructor(options: { store: Pick<Store, "listOpenRooms">; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** @throws AppError too_many_rooms where one of them cannot be let into the room. */
  async assertSpace(tenantId: string, roomId: string, userIds: readonly string[]): Promise<void> {
    const unknown = userIds.filter((userId) => !this.#isRoomy(`${tenantId}/${userId}`));
    // In slices, as a room may begin with a thousand members.
    for (let i = 0; i < unknown.length; i += limits.storeReadsPerCallMax) {
      const slice = unknown.slice(i, i + limits.storeReadsPerCallMax);
      await Promise.all(slice.map((userId) => this.#assertOne(tenantId, roomId, userId)));
    }
  }

  #isRoomy(key: string): boolean {
    const seenAtMs = this.#roomy.get(key);
    return seenAtMs !== undefined && this.#clock.nowMs() - seenAtMs < limits.userOpenRoomsMemoryMs;
  }

  async #assertOne(tenantId: string, roomId: string, userId: string): Promise<void> {
    const rooms = await this.#store.listOpenRooms(tenantId, userId);
    if (rooms.length <= limits.userOpenRoomsMax / 2) {
      this.#roomy.set(`${tenantId}/${userId}`, this.#clock.nowMs());
    } else if (rooms.length >= limits.userOpenRoomsMax && !rooms.includes(roomId)) {
      throw new AppError("too_many_rooms", `${userId} is in ${rooms.length} open rooms.`);
    }
  }
}

import { randomUUID } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Clock } from "#shared/clock.ts";
import { tooMany } from "#shared/http/rate-limit.ts";
import { limits } from "#shared/limits.ts";
import type { Store } from "#shared/store/store.ts";

const dayMs = limits.mediaDaySeconds * 1_000;

/**
 * Bytes that tenants are granted in a day, UTC, over all nodes. Each node keeps its own sum in the store, under a name
 * that no other has, and what others granted at the same moment it may not see: so a little more may be granted.
 */
export class DayBytes {
  readonly #store: Pick<Store, "media">;
  readonly #clock: Clock;
  readonly #node = randomUUID();
  readonly #granted = new LRUCache<string, number>({ max: limits.authorityCacheEntriesMax });

  constructor(deps: { readonly store: Pick<Store, "media">; readonly clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /**
   * @param limit null: nothing is counted.
   * @throws AppError rate_limited.
   */
  async take(tenantId: string, limit: number | null, bytes: number): Promise<void> {
    if (limit === null) return;
    const nowMs = this.#clock.nowMs();
    const day = Math.floor(nowMs / dayMs);
    const all = await this.#count(tenantId, day, bytes);
    if (all <= limit) return;
    await this.#count(tenantId, day, -bytes);
    const resetMs = (day + 1) * dayMs - nowMs;
    const remaining = Math.max(0, limit - (all - bytes));
    throw tooMany("bytes of files of this tenant today", { limit, remaining, resetMs });
  }

  #count(tenantId: string, day: number, more: number): Promise<number> {
    const key = `${tenantId}/${day}`;
    const bytes = (this.#granted.get(key) ?? 0) + more;
    this.#granted.set(key, bytes);
    return this.#store.media.countDay(tenantId, { day, node: this.#node, bytes });
  }
}

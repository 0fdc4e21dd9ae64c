import { tooMany } from "#shared/http/rate-limit.ts";
import { limits } from "#shared/limits.ts";

/** How many sockets each tenant has on this gateway. */
export class TenantSockets {
  readonly #open = new Map<string, number>();

  /**
   * Those that are open stay, also where fewer are allowed now.
   *
   * @param limit null: as many as there is space for.
   * @throws AppError rate_limited.
   */
  enter(tenantId: string, limit: number | null): void {
    const open = this.#open.get(tenantId) ?? 0;
    if (limit !== null && open >= limit) {
      throw tooMany("open connections of this tenant", {
        limit,
        remaining: 0,
        resetMs: limits.tenantSocketsRetryMs,
      });
    }
    this.#open.set(tenantId, open + 1);
  }

  leave(tenantId: string): void {
    const open = this.#open.get(tenantId) ?? 0;
    if (open <= 1) this.#open.delete(tenantId);
    else this.#open.set(tenantId, open - 1);
  }
}

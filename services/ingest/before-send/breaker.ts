import { LRUCache } from "lru-cache";
import { limits } from "#shared/limits.ts";

interface State {
  failures: number;
  /** Until then nobody calls. */
  restsUntilMs: number;
  restMs: number;
}

/**
 * Which customers' servers are not called for a while, as they failed again and again: no message is to wait for one
 * that is away. When the rest is over one call tries it, and the others go on without until that one has ended.
 */
export class Breaker {
  readonly #states = new LRUCache<string, State>({ max: limits.hookTenantsMax });

  /** @returns how long it rests; 0: it may be called. */
  restsMs(tenantId: string, nowMs: number): number {
    const state = this.#states.get(tenantId);
    if (state === undefined || state.failures < limits.hookFailuresMax) return 0;
    const leftMs = state.restsUntilMs - nowMs;
    if (leftMs > 0) return leftMs;
    // This one tries.
    state.restsUntilMs = nowMs + limits.hookMsMax;
    return 0;
  }

  succeeded(tenantId: string): void {
    this.#states.delete(tenantId);
  }

  failed(tenantId: string, nowMs: number): void {
    const before = this.#states.get(tenantId);
    const failures = (before?.failures ?? 0) + 1;
    const isOver = failures >= limits.hookFailuresMax;
    const restMs = isOver
      ? Math.min((before?.restMs ?? 0) * 2 || limits.hookRestMsMin, limits.hookRestMsMax)
      : 0;
    this.#states.set(tenantId, { failures, restMs, restsUntilMs: nowMs + restMs });
  }
}

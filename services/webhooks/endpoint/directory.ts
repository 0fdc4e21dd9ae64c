import { LRUCache } from "lru-cache";
import type { Clock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { KeptWebhookEndpoint, WebhookStore } from "#shared/store/webhook-store.ts";

interface Entry {
  readonly loaded: Promise<readonly KeptWebhookEndpoint[]>;
  readonly atMs: number;
}

/** The endpoints of tenants. */
export class EndpointDirectory {
  readonly #store: Pick<WebhookStore, "listEndpoints">;
  readonly #clock: Clock;
  readonly #cacheMs: number;
  readonly #entries = new LRUCache<string, Entry>({ max: limits.authorityCacheEntriesMax });

  /** @param cacheMs for so long a list is taken for new: an endpoint's change is answered no sooner. */
  constructor(store: Pick<WebhookStore, "listEndpoints">, clock: Clock, cacheMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#cacheMs = cacheMs;
  }

  /** With all that was made or changed before it is asked, by the time that somebody was told so. */
  recent(tenantId: string): Promise<readonly KeptWebhookEndpoint[]> {
    const entry = this.#entries.get(tenantId);
    const isRecent = entry !== undefined && this.#clock.nowMs() - entry.atMs < this.#cacheMs;
    return isRecent ? entry.loaded : this.now(tenantId);
  }

  /** As the store has it. */
  now(tenantId: string): Promise<readonly KeptWebhookEndpoint[]> {
    const loaded = this.#store.listEndpoints(tenantId);
    const entry = { loaded, atMs: this.#clock.nowMs() };
    this.#entries.set(tenantId, entry);
    loaded.catch(() => {
      if (this.#entries.get(tenantId) === entry) this.#entries.delete(tenantId);
    });
    return loaded;
  }

  /**
   * As of a second ago at most; null: it was removed. That one is gone or disabled is never said from memory: it may
   * have been enabled just now.
   */
  async find(tenantId: string, endpointId: string): Promise<KeptWebhookEndpoint | null> {
    const entry = this.#entries.get(tenantId);
    const isFresh = entry !== undefined && this.#clock.nowMs() - entry.atMs < limits.authorityCacheMs;
    const inMemory = isFresh
      ? (await entry.loaded).find((each) => each.endpointId === endpointId)
      : undefined;
    if (inMemory !== undefined && inMemory.disabled === null) return inMemory;
    return (await this.now(tenantId)).find((each) => each.endpointId === endpointId) ?? null;
  }

  forget(tenantId: string): void {
    this.#entries.delete(tenantId);
  }
}

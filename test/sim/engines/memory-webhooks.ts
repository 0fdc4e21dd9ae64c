import type {
  KeptWebhookEndpoint,
  WebhookEndpointHealth,
  WebhookEndpointRow,
  WebhookEndpointState,
  WebhookStore,
} from "#shared/store/webhook-store.ts";

import { MemoryWebhookDeliveries } from "./memory-webhook-deliveries.ts";

/** Customers' endpoints in memory, held to the contract of the real stores. */
export class MemoryWebhooks extends MemoryWebhookDeliveries implements WebhookStore {
  readonly #endpoints = new Map<string, WebhookEndpointRow>();
  readonly #states = new Map<string, WebhookEndpointState>();
  readonly #health = new Map<string, WebhookEndpointHealth>();
  readonly #removed = new Set<string>();

  async putEndpoint(endpoint: WebhookEndpointRow): Promise<void> {
    this.#endpoints.set(`${endpoint.tenantId}/${endpoint.endpointId}`, endpoint);
  }

  async setEndpointState(tenantId: string, endpointId: string, state: WebhookEndpointState): Promise<void> {
    this.#states.set(`${tenantId}/${endpointId}`, state);
  }

  async setEndpointHealth(
    tenantId: string,
    endpointId: string,
    health: WebhookEndpointHealth,
  ): Promise<void> {
    this.#health.set(`${tenantId}/${endpointId}`, health);
  }

  async removeEndpoint(tenantId: string, endpointId: string): Promise<void> {
    this.#removed.add(`${tenantId}/${endpointId}`);
  }

  async getEndpoint(tenantId: string, endpointId: string): Promise<KeptWebhookEndpoint | null> {
    const key = `${tenantId}/${endpointId}`;
    const endpoint = this.#endpoints.get(key);
    if (endpoint === undefined || this.#removed.has(key)) return null;
    const { disabled } = this.#states.get(key) ?? { disabled: null };
    const { failingSince } = this.#health.get(key) ?? { failingSince: null };
    return { ...endpoint, disabled, failingSince };
  }

  async listEndpointIds(tenantId: string): Promise<string[]> {
    return [...this.#endpoints.values()]
      .filter((endpoint) => endpoint.tenantId === tenantId)
      .map(({ endpointId }) => endpointId);
  }

  async listEndpoints(tenantId: string): Promise<KeptWebhookEndpoint[]> {
    const ids = [...this.#endpoints.values()]
      .filter((endpoint) => endpoint.tenantId === tenantId)
      .map(({ endpointId }) => endpointId)
      .sort();
    const kept = await Promise.all(ids.map((endpointId) => this.getEndpoint(tenantId, endpointId)));
    return kept.filter((endpoint) => endpoint !== null);
  }
}

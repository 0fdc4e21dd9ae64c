import { limits } from "#shared/limits.ts";
import type { DisabledReason } from "#shared/protocol/webhooks.ts";
import type { WebhookDeliveryStore } from "./webhook-deliveries.ts";

/** What is kept of customers' endpoints. A part of the store of its own: see `store.ts`. */
export interface WebhookStore extends WebhookDeliveryStore {
  /** Sets what the customer's server says of an endpoint; the last write wins. One that was removed stays removed. */
  putEndpoint(endpoint: WebhookEndpointRow): Promise<void>;
  /** Sets whether it is enabled, apart from the rest: a node that disables it does not undo a change of the customer's. */
  setEndpointState(tenantId: string, endpointId: string, state: WebhookEndpointState): Promise<void>;
  /** Sets how it has been doing, apart from both: what a node sees does not undo what a customer's server says. */
  setEndpointHealth(tenantId: string, endpointId: string, health: WebhookEndpointHealth): Promise<void>;
  removeEndpoint(tenantId: string, endpointId: string): Promise<void>;
  getEndpoint(tenantId: string, endpointId: string): Promise<KeptWebhookEndpoint | null>;
  /** Of all that the tenant has had, also of those that were removed. */
  listEndpointIds(tenantId: string): Promise<string[]>;
  /** By endpointId. */
  listEndpoints(tenantId: string): Promise<KeptWebhookEndpoint[]>;
}

/** Of endpoints that were kept before there was a choice. */
export const endpointDefaults = {
  unreadAfterSeconds: limits.webhookUnreadAfterSecondsDefault,
  idleAfterSeconds: limits.webhookIdleAfterSecondsDefault,
  batch: null,
};

export interface WebhookEndpointRow {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly url: string;
  /** None: all. */
  readonly events: readonly string[];
  readonly roomPattern: string | null;
  readonly description: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly ordered: boolean;
  /** null: each event goes alone. */
  readonly batch: { readonly maxEvents: number; readonly maxWaitMs: number } | null;
  readonly concurrency: number;
  readonly ratePerSecond: number | null;
  readonly unreadAfterSeconds: number;
  readonly idleAfterSeconds: number;
  /** The newest first. They sign, so they are kept as they are. */
  readonly secrets: readonly { readonly secret: string; readonly expiresAt: string | null }[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface WebhookEndpointState {
  readonly disabled: { readonly reason: DisabledReason; readonly at: string } | null;
}

export interface WebhookEndpointHealth {
  /** RFC 3339: since then it took nothing. null: what was sent last was taken. */
  readonly failingSince: string | null;
}

export type KeptWebhookEndpoint = WebhookEndpointRow & WebhookEndpointState & WebhookEndpointHealth;

import type { Database } from "#shared/embedded/database.ts";
import { fromJson } from "../from-json.ts";
import {
  endpointDefaults,
  type KeptWebhookEndpoint,
  type WebhookEndpointHealth,
  type WebhookEndpointRow,
  type WebhookEndpointState,
} from "../webhook-store.ts";

/** Customers' endpoints. Whatever writes is called within a transaction. */
export function createWebhookEndpoints(database: Database) {
  const put = database.prepare(
    `INSERT INTO store_webhook_endpoints (tenant_id, endpoint_id, endpoint) VALUES (?, ?, ?)
     ON CONFLICT (tenant_id, endpoint_id) DO UPDATE SET endpoint = excluded.endpoint`,
  );
  const setState = database.prepare(
    `INSERT INTO store_webhook_endpoints (tenant_id, endpoint_id, state) VALUES (?, ?, ?)
     ON CONFLICT (tenant_id, endpoint_id) DO UPDATE SET state = excluded.state`,
  );
  const setHealth = database.prepare(
    `INSERT INTO store_webhook_endpoints (tenant_id, endpoint_id, health) VALUES (?, ?, ?)
     ON CONFLICT (tenant_id, endpoint_id) DO UPDATE SET health = excluded.health`,
  );
  const remove = database.prepare(
    `INSERT INTO store_webhook_endpoints (tenant_id, endpoint_id, removed) VALUES (?, ?, 1)
     ON CONFLICT (tenant_id, endpoint_id) DO UPDATE SET removed = 1`,
  );
  const shown = "removed = 0 AND endpoint IS NOT NULL";
  const one = database.prepare(
    `SELECT endpoint, state, health FROM store_webhook_endpoints WHERE tenant_id = ? AND endpoint_id = ? AND ${shown}`,
  );
  const all = database.prepare(
    `SELECT endpoint, state, health FROM store_webhook_endpoints WHERE tenant_id = ? AND ${shown} ORDER BY endpoint_id`,
  );
  const ids = database.prepare("SELECT endpoint_id FROM store_webhook_endpoints WHERE tenant_id = ?");
  const kept = (row: Record<string, unknown>): KeptWebhookEndpoint => ({
    ...endpointDefaults,
    ...fromJson<WebhookEndpointRow>(row.endpoint),
    ...(row.state === null ? { disabled: null } : fromJson<WebhookEndpointState>(row.state)),
    ...(row.health === null ? { failingSince: null } : fromJson<WebhookEndpointHealth>(row.health)),
  });

  return {
    put(endpoint: WebhookEndpointRow): void {
      put.run(endpoint.tenantId, endpoint.endpointId, JSON.stringify(endpoint));
    },
    setState(tenantId: string, endpointId: string, state: WebhookEndpointState): void {
      setState.run(tenantId, endpointId, JSON.stringify(state));
    },
    setHealth(tenantId: string, endpointId: string, health: WebhookEndpointHealth): void {
      setHealth.run(tenantId, endpointId, JSON.stringify(health));
    },
    remove(tenantId: string, endpointId: string): void {
      remove.run(tenantId, endpointId);
    },
    get(tenantId: string, endpointId: string): KeptWebhookEndpoint | null {
      const row = one.get(tenantId, endpointId);
      return row === undefined ? null : kept(row);
    },
    ids(tenantId: string): string[] {
      return ids.all(tenantId).map(({ endpoint_id }) => String(endpoint_id));
    },
    list(tenantId: string): KeptWebhookEndpoint[] {
      return all.all(tenantId).map(kept);
    },
  };
}

import type { Clock } from "#shared/clock.ts";
import { fromJson } from "../from-json.ts";
import {
  endpointDefaults,
  type KeptWebhookEndpoint,
  type WebhookEndpointHealth,
  type WebhookEndpointRow,
  type WebhookEndpointState,
} from "../webhook-store.ts";
import type { Row, Session } from "./session.ts";
import { timestampAfter } from "./timestamp.ts";

const where = "FROM webhook_endpoints WHERE tenant_id = ?";
const select = `SELECT endpoint, state, health, removed, WRITETIME(endpoint) AS endpoint_written, WRITETIME(state) AS state_written, WRITETIME(health) AS health_written ${where} AND endpoint_id = ?`;
const selectAll = `SELECT endpoint, state, health, removed ${where}`;
const selectIds = `SELECT endpoint_id ${where}`;
type Column = "endpoint" | "state" | "health" | "removed";
const insert = (column: Column) =>
  `INSERT INTO webhook_endpoints (tenant_id, endpoint_id, ${column}) VALUES (?, ?, ?) USING TIMESTAMP ?`;

/** Customers' endpoints. Writes are rare, so each first reads what it comes after. */
export class WebhookEndpoints {
  readonly #session: Session;
  readonly #clock: Clock;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  async put(endpoint: WebhookEndpointRow): Promise<void> {
    const { tenantId, endpointId } = endpoint;
    const existing = await this.#session.first(select, [tenantId, endpointId]);
    await this.#write(
      "endpoint",
      [tenantId, endpointId, JSON.stringify(endpoint)],
      existing?.endpoint_written,
    );
  }

  async setState(tenantId: string, endpointId: string, state: WebhookEndpointState): Promise<void> {
    const existing = await this.#session.first(select, [tenantId, endpointId]);
    await this.#write("state", [tenantId, endpointId, JSON.stringify(state)], existing?.state_written);
  }

  async setHealth(tenantId: string, endpointId: string, health: WebhookEndpointHealth): Promise<void> {
    const existing = await this.#session.first(select, [tenantId, endpointId]);
    await this.#write("health", [tenantId, endpointId, JSON.stringify(health)], existing?.health_written);
  }

  async remove(tenantId: string, endpointId: string): Promise<void> {
    await this.#write("removed", [tenantId, endpointId, 1], null);
  }

  async get(tenantId: string, endpointId: string): Promise<KeptWebhookEndpoint | null> {
    const row = await this.#session.first(select, [tenantId, endpointId]);
    return row === null ? null : keptOf(row);
  }

  async ids(tenantId: string): Promise<string[]> {
    const rows = await this.#session.rows(selectIds, [tenantId]);
    return rows.map(({ endpoint_id }) => String(endpoint_id));
  }

  async list(tenantId: string): Promise<KeptWebhookEndpoint[]> {
    const rows = await this.#session.rows(selectAll, [tenantId]);
    return rows.map(keptOf).filter((kept) => kept !== null);
  }

  async #write(
    column: Column,
    params: readonly [string, string, string | number],
    written: unknown,
  ): Promise<void> {
    const timestamp = timestampAfter(written, this.#clock);
    await this.#session.writePartition([{ query: insert(column), params: [...params, timestamp] }]);
  }
}

function keptOf({ endpoint, state, health, removed }: Row): KeptWebhookEndpoint | null {
  if (endpoint === null || removed !== null) return null;
  const { disabled } = state === null ? { disabled: null } : fromJson<WebhookEndpointState>(state);
  const { failingSince } = health === null ? { failingSince: null } : fromJson<WebhookEndpointHealth>(health);
  return { ...endpointDefaults, ...fromJson<WebhookEndpointRow>(endpoint), disabled, failingSince };
}

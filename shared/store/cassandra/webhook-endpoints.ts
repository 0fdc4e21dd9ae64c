import type { Clock } from "#shared/clock.ts";
import { fromJson } from "../from-json.ts";
import type { KeptWebhookEndpoint, WebhookEndpointRow, WebhookEndpointState } from "../webhook-store.ts";
import type { Row, Session } from "./session.ts";
import { timestampAfter } from "./timestamp.ts";

const where = "FROM webhook_endpoints WHERE tenant_id = ?";
const select = `SELECT endpoint, state, removed, WRITETIME(endpoint) AS endpoint_written, WRITETIME(state) AS state_written ${where} AND endpoint_id = ?`;
const selectAll = `SELECT endpoint, state, removed ${where}`;
const insert = (column: "endpoint" | "state" | "removed") =>
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

  async remove(tenantId: string, endpointId: string): Promise<void> {
    await this.#write("removed", [tenantId, endpointId, 1], null);
  }

  async get(tenantId: string, endpointId: string): Promise<KeptWebhookEndpoint | null> {
    const row = await this.#session.first(select, [tenantId, endpointId]);
    return row === null ? null : keptOf(row);
  }

  async list(tenantId: string): Promise<KeptWebhookEndpoint[]> {
    const rows = await this.#session.rows(selectAll, [tenantId]);
    return rows.map(keptOf).filter((kept) => kept !== null);
  }

  async #write(
    column: "endpoint" | "state" | "removed",
    params: readonly [string, string, string | number],
    written: unknown,
  ): Promise<void> {
    const timestamp = timestampAfter(written, this.#clock);
    await this.#session.writePartition([{ query: insert(column), params: [...params, timestamp] }]);
  }
}

function keptOf({ endpoint, state, removed }: Row): KeptWebhookEndpoint | null {
  if (endpoint === null || removed !== null) return null;
  const { disabled } = state === null ? { disabled: null } : fromJson<WebhookEndpointState>(state);
  return { ...fromJson<WebhookEndpointRow>(endpoint), disabled };
}

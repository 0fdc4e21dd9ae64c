import type { Clock } from "#shared/clock.ts";
import type { Deployment } from "../deployment.ts";
import { fromJson } from "../from-json.ts";
import type { ApiKeyRow, TenantRow } from "../store.ts";
import type { Row, Session } from "./session.ts";
import { timestampAfter } from "./timestamp.ts";

const selectTenant = "SELECT tenant, WRITETIME(tenant) AS written FROM tenants WHERE tenant_id = ?";
const insertTenant = "INSERT INTO tenants (tenant_id, tenant) VALUES (?, ?) USING TIMESTAMP ?";
const selectKey = "SELECT api_key, WRITETIME(api_key) AS written FROM api_keys_by_id WHERE key_id = ?";
const selectKeys = "SELECT api_key FROM api_keys WHERE tenant_id = ?";
const insertKey = "INSERT INTO api_keys (tenant_id, key_id, api_key) VALUES (?, ?, ?) USING TIMESTAMP ?";
const insertKeyById = "INSERT INTO api_keys_by_id (key_id, api_key) VALUES (?, ?) USING TIMESTAMP ?";
const pin =
  "INSERT INTO deployments (name, epoch, partitions, log) VALUES ('deployment', ?, ?, ?) IF NOT EXISTS";
const selectDeployment = "SELECT epoch, partitions, log FROM deployments WHERE name = 'deployment'";

/** Tenants, their keys, and the deployment. Writes are rare, so each first reads what it comes after. */
export class Directory {
  readonly #session: Session;
  readonly #clock: Clock;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  async putTenant(tenant: TenantRow): Promise<void> {
    const existing = await this.#session.first(selectTenant, [tenant.tenantId]);
    const timestamp = timestampAfter(existing?.written, this.#clock);
    await this.#session.writePartition([
      { query: insertTenant, params: [tenant.tenantId, JSON.stringify(tenant), timestamp] },
    ]);
  }

  async getTenant(tenantId: string): Promise<TenantRow | null> {
    const row = await this.#session.first(selectTenant, [tenantId]);
    return row === null ? null : fromJson<TenantRow>(row.tenant);
  }

  async putApiKey(key: ApiKeyRow): Promise<void> {
    const existing = await this.#session.first(selectKey, [key.keyId]);
    const timestamp = timestampAfter(existing?.written, this.#clock);
    const json = JSON.stringify(key);
    await this.#session.writeTogether([
      { query: insertKey, params: [key.tenantId, key.keyId, json, timestamp] },
      { query: insertKeyById, params: [key.keyId, json, timestamp] },
    ]);
  }

  async getApiKey(keyId: string): Promise<ApiKeyRow | null> {
    const row = await this.#session.first(selectKey, [keyId]);
    return row === null ? null : fromJson<ApiKeyRow>(row.api_key);
  }

  async listApiKeys(tenantId: string): Promise<ApiKeyRow[]> {
    const rows = await this.#session.rows(selectKeys, [tenantId]);
    return rows.map(({ api_key }) => fromJson<ApiKeyRow>(api_key));
  }

  /** The one lightweight transaction: once in the life of a deployment. Its outcome is read, so a repeat is harmless. */
  async pinDeployment({ epoch, partitions, log }: Deployment): Promise<Deployment> {
    const existing = await this.#session.first(selectDeployment, []);
    if (existing !== null) return deploymentOf(existing);
    const outcome = await this.#session.first(pin, [epoch, partitions, log]);
    // Not applied: the answer carries what is there, which may be our own of a try that seemed to fail.
    return outcome?.["[applied]"] === true ? { epoch, partitions, log } : deploymentOf(outcome);
  }
}

function deploymentOf(row: Row | null): Deployment {
  return { epoch: Number(row?.epoch), partitions: Number(row?.partitions), log: String(row?.log) };
}

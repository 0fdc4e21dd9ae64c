import { rfc3339 } from "#shared/clock.ts";
import type { Database } from "#shared/embedded/database.ts";
import type { User } from "#shared/protocol/resources.ts";
import type { Deployment } from "../deployment.ts";
import { fromJson } from "../from-json.ts";
import type { LastSeen } from "../last-seen.ts";
import { changedProfile } from "../profile.ts";
import type { ApiKeyRow, ProfileChange, TenantRow } from "../store.ts";

/** Tenants, keys, profiles, revocations and the deployment. Whatever writes is called within a transaction. */
export function createDirectory(database: Database) {
  const putTenant = database.prepare(
    "INSERT OR REPLACE INTO store_tenants (tenant_id, tenant) VALUES (?, ?)",
  );
  const getTenant = database.prepare("SELECT tenant FROM store_tenants WHERE tenant_id = ?");
  const putApiKey = database.prepare(
    "INSERT OR REPLACE INTO store_api_keys (key_id, tenant_id, api_key) VALUES (?, ?, ?)",
  );
  const getApiKey = database.prepare("SELECT api_key FROM store_api_keys WHERE key_id = ?");
  const listApiKeys = database.prepare(
    "SELECT api_key FROM store_api_keys WHERE tenant_id = ? ORDER BY key_id",
  );
  const putUser = database.prepare(
    "INSERT OR REPLACE INTO store_users (tenant_id, user_id, profile) VALUES (?, ?, ?)",
  );
  const getUser = database.prepare("SELECT profile FROM store_users WHERE tenant_id = ? AND user_id = ?");
  const putRevocation = database.prepare(
    `INSERT INTO store_revocations (tenant_id, user_id, revoked_before_ms, revoked_before) VALUES (?, ?, ?, ?)
     ON CONFLICT (tenant_id, user_id) DO UPDATE SET revoked_before_ms = excluded.revoked_before_ms,
       revoked_before = excluded.revoked_before
     WHERE excluded.revoked_before_ms > revoked_before_ms`,
  );
  const getRevocation = database.prepare(
    "SELECT revoked_before FROM store_revocations WHERE tenant_id = ? AND user_id = ?",
  );
  const putSeen = database.prepare(
    `INSERT INTO store_last_seen (tenant_id, user_id, seen_ms) VALUES (?, ?, ?)
     ON CONFLICT (tenant_id, user_id) DO UPDATE SET seen_ms = excluded.seen_ms
     WHERE excluded.seen_ms > abs(seen_ms)`,
  );
  const getSeen = database.prepare("SELECT seen_ms FROM store_last_seen WHERE tenant_id = ? AND user_id = ?");
  const pin = database.prepare(
    "INSERT OR IGNORE INTO store_deployment (only, epoch, partitions, log) VALUES (1, ?, ?, ?)",
  );
  const deployment = database.prepare("SELECT epoch, partitions, log FROM store_deployment");

  function findUser(tenantId: string, userId: string): User | null {
    const row = getUser.get(tenantId, userId);
    return row === undefined ? null : fromJson<User>(row.profile);
  }

  return {
    putTenant(tenant: TenantRow): void {
      putTenant.run(tenant.tenantId, JSON.stringify(tenant));
    },
    getTenant(tenantId: string): TenantRow | null {
      const row = getTenant.get(tenantId);
      return row === undefined ? null : fromJson<TenantRow>(row.tenant);
    },

    putApiKey(key: ApiKeyRow): void {
      putApiKey.run(key.keyId, key.tenantId, JSON.stringify(key));
    },
    getApiKey(keyId: string): ApiKeyRow | null {
      const row = getApiKey.get(keyId);
      return row === undefined ? null : fromJson<ApiKeyRow>(row.api_key);
    },
    listApiKeys(tenantId: string): ApiKeyRow[] {
      return listApiKeys.all(tenantId).map(({ api_key }) => fromJson<ApiKeyRow>(api_key));
    },

    getUser: findUser,
    upsertUser(tenantId: string, userId: string, change: ProfileChange): User {
      const user = changedProfile(findUser(tenantId, userId), userId, change);
      putUser.run(tenantId, userId, JSON.stringify(user));
      return user;
    },

    setRevokedBefore(tenantId: string, userId: string, before: string): void {
      putRevocation.run(tenantId, userId, Date.parse(before), before);
    },
    getRevokedBefore(tenantId: string, userId: string): string | null {
      const row = getRevocation.get(tenantId, userId);
      return row === undefined ? null : String(row.revoked_before);
    },

    setLastSeen(seen: readonly LastSeen[]): void {
      for (const { tenantId, userId, at } of seen) putSeen.run(tenantId, userId, Date.parse(at));
    },
    readLastSeen(tenantId: string, userIds: readonly string[]): (string | null)[] {
      return userIds.map((userId) => {
        const row = getSeen.get(tenantId, userId);
        return row === undefined || Number(row.seen_ms) < 0 ? null : rfc3339(Number(row.seen_ms));
      });
    },

    pinDeployment({ epoch, partitions, log }: Deployment): Deployment {
      pin.run(epoch, partitions, log);
      const row = deployment.get();
      return { epoch: Number(row?.epoch), partitions: Number(row?.partitions), log: String(row?.log) };
    },
  };
}

import type { User } from "#shared/protocol/resources.ts";
import type { Deployment } from "./deployment.ts";
import type { LastSeen } from "./last-seen.ts";
import type { ApiKeyRow, ProfileChange, TenantRow } from "./store.ts";
import type { Privacy, UserSettings } from "./user-settings.ts";

/** What the operator and the customer's servers set directly: a part of `Store`. The last write wins. */
export interface DirectoryStore {
  putTenant(tenant: TenantRow): Promise<void>;
  getTenant(tenantId: string): Promise<TenantRow | null>;

  putApiKey(key: ApiKeyRow): Promise<void>;
  /** By its public id, which names its tenant. */
  getApiKey(keyId: string): Promise<ApiKeyRow | null>;
  listApiKeys(tenantId: string): Promise<ApiKeyRow[]>;

  /** Sets the given fields of a profile and leaves the rest; makes it when there is none. */
  upsertUser(tenantId: string, userId: string, profile: ProfileChange): Promise<User>;
  getUser(tenantId: string, userId: string): Promise<User | null>;

  /** What users want for themselves, in the order asked for; of those who have said nothing the default. */
  readUserSettings(tenantId: string, userIds: readonly string[]): Promise<UserSettings[]>;
  /** Sets what is given and leaves the rest. */
  setPrivacy(tenantId: string, userId: string, change: Partial<Privacy>): Promise<void>;
  /** Each of those that a user blocks is for itself: changes of several at the same time are all kept. */
  setBlocked(tenantId: string, userId: string, otherId: string, isBlocked: boolean): Promise<void>;

  /** Every token of the user issued before this is void. Only moves forward. RFC 3339. */
  setRevokedBefore(tenantId: string, userId: string, before: string): Promise<void>;
  getRevokedBefore(tenantId: string, userId: string): Promise<string | null>;

  /** When users were last connected. Only moves forward, each for itself: the same again changes nothing. */
  setLastSeen(seen: readonly LastSeen[]): Promise<void>;
  /** RFC 3339, in the order asked for; null where the user never was, or never left. */
  readLastSeen(tenantId: string, userIds: readonly string[]): Promise<(string | null)[]>;

  /**
   * What must never change in a deployment: see `Deployment`. The first caller's value is kept.
   *
   * @returns the value that is kept.
   */
  pinDeployment(deployment: Deployment): Promise<Deployment>;
}

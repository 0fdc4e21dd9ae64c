import type { Database } from "#shared/embedded/database.ts";
import { fromJson } from "../from-json.ts";
import { defaultUserSettings, type Privacy, type UserSettings } from "../user-settings.ts";

/** What users want for themselves. Whatever writes is called within a transaction. */
export function createUserSettings(database: Database) {
  const put = database.prepare(
    "INSERT OR REPLACE INTO store_user_settings (tenant_id, user_id, settings) VALUES (?, ?, ?)",
  );
  const get = database.prepare(
    "SELECT settings FROM store_user_settings WHERE tenant_id = ? AND user_id = ?",
  );

  function read(tenantId: string, userId: string): UserSettings {
    const row = get.get(tenantId, userId);
    return row === undefined ? defaultUserSettings : fromJson<UserSettings>(row.settings);
  }

  return {
    read: (tenantId: string, userIds: readonly string[]): UserSettings[] =>
      userIds.map((userId) => read(tenantId, userId)),

    setPrivacy(tenantId: string, userId: string, change: Partial<Privacy>): void {
      put.run(tenantId, userId, JSON.stringify({ ...read(tenantId, userId), ...change }));
    },

    setBlocked(tenantId: string, userId: string, otherId: string, isBlocked: boolean): void {
      const before = read(tenantId, userId);
      const others = before.blocked.filter((id) => id !== otherId);
      const blocked = isBlocked ? [...others, otherId].sort() : others;
      put.run(tenantId, userId, JSON.stringify({ ...before, blocked }));
    },
  };
}

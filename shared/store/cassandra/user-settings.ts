import type { Clock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import { defaultUserSettings, type Privacy, type UserSettings } from "../user-settings.ts";
import { mapBounded } from "./bounded.ts";
import type { Row, Session } from "./session.ts";

const select = "SELECT receipts, presence, blocked FROM user_settings WHERE tenant_id = ? AND user_id = ?";
const updates = {
  receipts: "UPDATE user_settings USING TIMESTAMP ? SET receipts = ? WHERE tenant_id = ? AND user_id = ?",
  presence: "UPDATE user_settings USING TIMESTAMP ? SET presence = ? WHERE tenant_id = ? AND user_id = ?",
  block:
    "UPDATE user_settings USING TIMESTAMP ? SET blocked = blocked + ? WHERE tenant_id = ? AND user_id = ?",
  unblock:
    "UPDATE user_settings USING TIMESTAMP ? SET blocked = blocked - ? WHERE tenant_id = ? AND user_id = ?",
} as const;

/** What users want for themselves. Nothing is read before it is written, so nothing is lost between. */
export class UserSettingsTable {
  readonly #session: Session;
  readonly #clock: Clock;
  #lastMicros = 0;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  read(tenantId: string, userIds: readonly string[]): Promise<UserSettings[]> {
    return mapBounded(userIds, limits.storeReadsPerCallMax, async (userId) => {
      const row = await this.#session.first(select, [tenantId, userId]);
      return row === null ? defaultUserSettings : settingsOf(row);
    });
  }

  async setPrivacy(tenantId: string, userId: string, change: Partial<Privacy>): Promise<void> {
    const timestamp = this.#timestamp();
    await this.#session.writePartition(
      (["receipts", "presence"] as const).flatMap((name) =>
        change[name] === undefined
          ? []
          : [{ query: updates[name], params: [timestamp, change[name], tenantId, userId] }],
      ),
    );
  }

  async setBlocked(tenantId: string, userId: string, otherId: string, isBlocked: boolean): Promise<void> {
    const query = isBlocked ? updates.block : updates.unblock;
    await this.#session.writePartition([{ query, params: [this.#timestamp(), [otherId], tenantId, userId] }]);
  }

  /** Microseconds, later than the one before, as of a block and its end at one time the end would stay. */
  #timestamp(): number {
    this.#lastMicros = Math.max(this.#clock.nowMs() * 1_000, this.#lastMicros + 1);
    return this.#lastMicros;
  }
}

function settingsOf({ receipts, presence, blocked }: Row): UserSettings {
  return {
    receipts: receipts ?? defaultUserSettings.receipts,
    presence: presence ?? defaultUserSettings.presence,
    blocked: [...((blocked as string[] | null) ?? [])].sort(),
  };
}

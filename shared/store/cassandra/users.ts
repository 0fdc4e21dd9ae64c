import type { Clock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { User } from "#shared/protocol/resources.ts";
import { fromJson } from "../from-json.ts";
import type { LastSeen } from "../last-seen.ts";
import { changedProfile } from "../profile.ts";
import type { ProfileChange } from "../store.ts";
import { mapBounded } from "./bounded.ts";
import type { Row, Session } from "./session.ts";
import { timestampAfter } from "./timestamp.ts";

const selectUser = `SELECT display_name, avatar_url, custom, created_at, updated_at, WRITETIME(updated_at) AS written
  FROM users WHERE tenant_id = ? AND user_id = ?`;
const insertUser = `INSERT INTO users (tenant_id, user_id, display_name, avatar_url, custom, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const selectRevocation = "SELECT revoked_before FROM revocations WHERE tenant_id = ? AND user_id = ?";
const insertRevocation = `INSERT INTO revocations (tenant_id, user_id, revoked_before)
  VALUES (?, ?, ?) USING TIMESTAMP ?`;
const selectSeen = "SELECT seen_at FROM last_seen WHERE tenant_id = ? AND user_id = ?";
const insertSeen = "INSERT INTO last_seen (tenant_id, user_id, seen_at) VALUES (?, ?, ?) USING TIMESTAMP ?";

/** Profiles, from when on a user's tokens count, and when the user was last there. */
export class Users {
  readonly #session: Session;
  readonly #clock: Clock;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** Fields that were not given are not written, so two changes of different fields at once are both kept. */
  async upsert(tenantId: string, userId: string, change: ProfileChange): Promise<User> {
    const row = await this.#session.first(selectUser, [tenantId, userId]);
    const existing = row === null ? null : userOf(userId, row);
    const user = changedProfile(existing, userId, change);
    const given = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
    await this.#session.writePartition([
      {
        query: insertUser,
        params: [
          tenantId,
          userId,
          given(existing === null ? user.displayName : change.displayName),
          given(existing === null ? user.avatarUrl : change.avatarUrl),
          given(existing === null ? user.custom : change.custom),
          existing === null ? user.createdAt : undefined,
          user.updatedAt,
          timestampAfter(row?.written, this.#clock),
        ],
      },
    ]);
    return user;
  }

  async get(tenantId: string, userId: string): Promise<User | null> {
    const row = await this.#session.first(selectUser, [tenantId, userId]);
    return row === null ? null : userOf(userId, row);
  }

  /** Written at the time that it says: Cassandra keeps the latest, whatever the order they come in. */
  async setRevokedBefore(tenantId: string, userId: string, before: string): Promise<void> {
    const timestamp = Date.parse(before) * 1_000;
    await this.#session.writePartition([
      { query: insertRevocation, params: [tenantId, userId, before, timestamp] },
    ]);
  }

  async getRevokedBefore(tenantId: string, userId: string): Promise<string | null> {
    const row = await this.#session.first(selectRevocation, [tenantId, userId]);
    return row === null ? null : String(row.revoked_before);
  }

  /** Like revocations: written at the time that each says. */
  async setLastSeen(seen: readonly LastSeen[]): Promise<void> {
    await mapBounded(seen, limits.storeReadsPerCallMax, ({ tenantId, userId, at }) =>
      this.#session.writePartition([
        { query: insertSeen, params: [tenantId, userId, at, Date.parse(at) * 1_000] },
      ]),
    );
  }

  readLastSeen(tenantId: string, userIds: readonly string[]): Promise<(string | null)[]> {
    return mapBounded(userIds, limits.storeReadsPerCallMax, async (userId) => {
      const row = await this.#session.first(selectSeen, [tenantId, userId]);
      return row === null ? null : String(row.seen_at);
    });
  }
}

function userOf(userId: string, row: Row): User {
  return {
    userId,
    displayName: fieldOf(row.display_name),
    avatarUrl: fieldOf(row.avatar_url),
    custom: fieldOf(row.custom),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** A field that two first writers raced for may be missing: nobody has set it. */
function fieldOf<T>(column: unknown): T | null {
  return column === null ? null : fromJson<T | null>(column);
}

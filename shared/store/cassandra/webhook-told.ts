import { limits } from "#shared/limits.ts";
import type { TailKey, ToldUser } from "../webhook-deliveries.ts";
import { toNumber } from "./columns.ts";
import type { Session } from "./session.ts";

const select =
  "SELECT user_id, read_number FROM webhook_told WHERE tenant_id = ? AND room_id = ? AND endpoint_id = ?";
const insert = `INSERT INTO webhook_told (tenant_id, room_id, endpoint_id, user_id, read_number)
  VALUES (?, ?, ?, ?, ?) USING TTL ${limits.webhookToldRetentionSeconds}`;

const remove =
  "DELETE FROM webhook_told WHERE tenant_id = ? AND room_id = ? AND endpoint_id = ? AND user_id = ?";

/** Whom endpoints were told of: a room's are a partition. */
export class WebhookTold {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read({ tenantId, roomId, endpointId }: TailKey): Promise<ToldUser[]> {
    const rows = await this.#session.rows(select, [tenantId, roomId, endpointId]);
    return rows.map((row) => ({ userId: String(row.user_id), readNumber: toNumber(row.read_number) }));
  }

  async write({ tenantId, roomId, endpointId }: TailKey, told: readonly ToldUser[]): Promise<void> {
    const statements = told.map(({ userId, readNumber }) => ({
      query: insert,
      params: [tenantId, roomId, endpointId, userId, readNumber],
    }));
    for (let at = 0; at < statements.length; at += limits.webhookRowsPerRequestMax) {
      await this.#session.writePartition(statements.slice(at, at + limits.webhookRowsPerRequestMax));
    }
  }

  async forget(
    tenantId: string,
    roomId: string,
    userId: string,
    endpointIds: readonly string[],
  ): Promise<void> {
    const statements = endpointIds.map((endpointId) => ({
      query: remove,
      params: [tenantId, roomId, endpointId, userId],
    }));
    for (let at = 0; at < statements.length; at += limits.webhookRowsPerRequestMax) {
      await this.#session.writePartition(statements.slice(at, at + limits.webhookRowsPerRequestMax));
    }
  }
}

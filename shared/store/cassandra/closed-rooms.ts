import type { Clock } from "#shared/clock.ts";
import type { ClosedRoom } from "../listings.ts";
import type { Store } from "../store.ts";
import type { Parameter, Session } from "./session.ts";

const ofYear = `SELECT closed_at, room_id FROM closed_user_rooms
  WHERE tenant_id = ? AND user_id = ? AND closed_year = ?`;
const selectNewest = `${ofYear} LIMIT ?`;
const selectAt = `${ofYear} AND closed_at = ? AND room_id > ? LIMIT ?`;
const selectBefore = `${ofYear} AND closed_at < ? LIMIT ?`;

/** There was no room before. */
const firstYear = 2026;

/** The archives of users: a partition by the year in which rooms closed. */
export class ClosedRooms {
  readonly #session: Session;
  readonly #clock: Clock;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  async list(
    tenantId: string,
    userId: string,
    { after, limit }: Parameters<Store["listClosedRooms"]>[2],
  ): Promise<ClosedRoom[]> {
    const found: ClosedRoom[] = [];
    const read = async (query: string, ...params: Parameter[]) => {
      if (found.length === limit) return;
      const rows = await this.#session.rows(query, [tenantId, userId, ...params, limit - found.length]);
      found.push(...rows.map(({ closed_at, room_id }) => ({ closedAt: closed_at, roomId: room_id })));
    };
    // What a client gives as a cursor may be any time.
    const thisYear = new Date(this.#clock.nowMs()).getUTCFullYear();
    const lastYear = Math.min(thisYear, after === null ? thisYear : Number(after.closedAt.slice(0, 4)));
    if (after !== null) {
      await read(selectAt, lastYear, after.closedAt, after.roomId);
      await read(selectBefore, lastYear, after.closedAt);
    }
    for (let year = after === null ? lastYear : lastYear - 1; year >= firstYear; year--) {
      await read(selectNewest, year);
    }
    return found;
  }
}

import { fromJson } from "../from-json.ts";
import type { ChangedMessage } from "../store.ts";
import { toNumber } from "./columns.ts";
import type { Row, Session } from "./session.ts";

const selectNewest = `SELECT seq, number, tail, changed, expired_number FROM rooms
  WHERE tenant_id = ? AND room_id = ? AND user_id = ''`;

export interface Newest {
  readonly number: number;
  readonly seq: number;
  /** See tail.ts. */
  readonly tail: unknown;
  readonly changed: readonly ChangedMessage[];
  /** The last message that is too old to be kept. */
  readonly expired: number;
}

/**
 * How far the head says that a room's history goes; null when there is no room. Rows beyond are those of a write
 * that has not ended, or never did: they are not shown before a replay has made them whole.
 */
export async function readNewest(session: Session, tenantId: string, roomId: string): Promise<Newest | null> {
  const row = await session.first(selectNewest, [tenantId, roomId]);
  if (row === null || row.seq === null) return null;
  const { tail, expired_number: expired } = row;
  const [number, seq] = [toNumber(row.number), toNumber(row.seq)];
  return { number, seq, tail, changed: changedOf(row), expired: expired == null ? 0 : toNumber(expired) };
}

/** Messages that the newest write or the one before changed, which may not be at their place yet. */
export function changedOf({ changed }: Row): ChangedMessage[] {
  return changed == null ? [] : fromJson<ChangedMessage[]>(changed);
}

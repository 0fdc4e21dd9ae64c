import type { TenantRow } from "./store.ts";

/** What finds messages that are too old to be kept. A part of the store of its own: see `store.ts`. */
export interface RetentionStore {
  /** All tenants, in an order of the store's own. Goes on from `next`; null: there are no more. */
  listTenants(page: Page): Promise<{ tenants: TenantRow[]; next: string | null }>;
  /** All rooms that there ever were, of all tenants, likewise. One that comes meanwhile may be left out. */
  listRooms(page: Page): Promise<{ rooms: RoomPlace[]; next: string | null }>;
  /** null: there has been none. */
  readPass(): Promise<RetentionPass | null>;
  /** Durable when it resolves; the last write wins. */
  writePass(pass: RetentionPass): Promise<void>;
}

interface Page {
  readonly after: string | null;
  readonly limit: number;
}

export interface RoomPlace {
  readonly tenantId: string;
  readonly roomId: string;
}

/** One look at all rooms. */
export interface RetentionPass {
  /** The node that works on it, and when it last said so. */
  readonly heldBy: string;
  readonly heldAtMs: number;
  readonly begunAtMs: number;
  /** It has come past these rooms; null: it begins. */
  readonly after: string | null;
  readonly isDone: boolean;
}

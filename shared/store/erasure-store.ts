import type { Erasure } from "#shared/protocol/erasures.ts";

/** Users that are being forgotten. A part of the store of its own: see `store.ts`. */
export interface ErasureStore {
  /** Keeps a task as it is now, and lists it until it is done. Durable when it resolves; the last write wins. */
  put(tenantId: string, task: ErasureRow): Promise<void>;
  get(tenantId: string, taskId: string): Promise<ErasureRow | null>;
  /** Those that are not done, of all tenants, in no order. */
  listOpen(limit: number): Promise<{ readonly tenantId: string; readonly taskId: string }[]>;

  /** Rooms that a user is or was in, by id, those after `after`; not those that it was erased from. */
  listEverRooms(
    tenantId: string,
    userId: string,
    page: { readonly after: string; readonly limit: number },
  ): Promise<string[]>;
  /**
   * Removes a user's profile, settings and when it was last seen. Its revocation stays, as its tokens would be good again.
   *
   * @param seenUntil when it was seen before this is not taken any more. RFC 3339.
   */
  forgetUser(tenantId: string, userId: string, seenUntil: string): Promise<void>;
}

/** A task, with what is needed while it runs. */
export type ErasureRow = Erasure & {
  /** null: it is done, and nothing leads back. */
  readonly pseudonym: string | null;
  /** The node that works on it, and when it last said so. */
  readonly heldBy: string | null;
  readonly heldAtMs: number;
};

/** A user that was erased from a room, which goes from all its lists. */
export interface ForgottenRow {
  readonly position: number;
  readonly userId: string;
  /** RFC 3339. */
  readonly at: string;
  /** When the room closed, as far as the user's archive has it. */
  readonly closedAts: readonly string[];
}

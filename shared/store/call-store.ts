import type { Call } from "#shared/protocol/calls.ts";

/** Calls of rooms: a part of `Store`. They are written with their rooms. */
export interface CallStore {
  /**
   * Calls of a room, newest first: the one that runs, as of the head, and those that have ended.
   *
   * @param page.before only those with a smaller number.
   */
  readCalls(
    tenantId: string,
    roomId: string,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<CallRow[]>;
  /** By any of its ids. Of two rooms that name a call alike it is the call of one of them. */
  readCall(
    tenantId: string,
    callId: string,
  ): Promise<{ readonly roomId: string; readonly row: CallRow } | null>;
  /**
   * The call that rings the user or that it is in, in whichever room. Only the one that it came to last is known: one
   * who goes from a second call back to the first is found in none.
   */
  readCallOf(
    tenantId: string,
    userId: string,
  ): Promise<{ readonly roomId: string; readonly row: CallRow } | null>;
}

/** A call that has ended while it was recorded, and of whose recording LiveKit has not said yet that it is over. */
export interface StillRecorded {
  readonly callId: string;
  readonly region: Call["region"];
  /** From then on it counts as failed. */
  readonly until: string;
}

/** A call of a room, with what its writer must know of it. */
export interface CallRow {
  readonly number: number;
  /** `seq` of an event that tells of it: of the first of those that the last change made. */
  readonly revised: number;
  readonly call: Call;
  /** One who is alone in it may be joined by others. */
  readonly isGroup: boolean;
  readonly leavesMessage: boolean;
  /** Somebody is alone in it, and this long. */
  readonly aloneUntil: string | null;
}

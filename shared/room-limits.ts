import { callLimits } from "./call-limits.ts";
import { erasureLimits } from "./erasure-limits.ts";
import { retentionLimits } from "./retention-limits.ts";

/** The bounds of how many rooms are open, of how they end, and of their calls. A part of `limits`. */
export const roomLimits = {
  ...erasureLimits,
  ...callLimits,
  ...retentionLimits,
  /** Rooms closed by one call. Past it: 400. */
  roomsCloseMax: 100,
  /** How far ahead a room may be told to freeze or close. Past it: 400. */
  roomTimeAheadMsMax: 157_680_000_000,
  /** What comes due within this time is in the memory of its partition's owner, which reads on in between. */
  dueAheadMs: 120_000,
  /** A new owner goes so far back before what the last had done: further than the clocks of nodes may differ. */
  dueBackMs: 3_600_000,
  /** Rooms in that memory. Past it the later ones are read when those before have gone. */
  dueHeldRoomsMax: 10_000,
  /** One read of them, and one append of what is due. */
  duePageRoomsMax: 500,
  /** After a read or an append that failed, the next. */
  dueRetryMs: 1_000,
  /** Open rooms one user may be in: the connect handshake lists them all. Past it: 409 too_many_rooms. */
  userOpenRoomsMax: 1_000,
  /** A user seen with at most half as many is not counted again for this long: few gain 500 rooms in a minute. */
  userOpenRoomsMemoryMs: 60_000,
} as const;

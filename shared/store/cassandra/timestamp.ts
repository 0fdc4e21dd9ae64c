import type { Clock } from "#shared/clock.ts";
import { toNumber } from "./columns.ts";

/**
 * When a row is written that no log position orders: microseconds, later than the version that was read, however
 * wrong the clock of whoever wrote that. Else a node whose clock is slow would write in vain.
 */
export function timestampAfter(written: unknown, clock: Clock): number {
  const now = clock.nowMs() * 1_000;
  return written === null || written === undefined ? now : Math.max(now, toNumber(written) + 1);
}

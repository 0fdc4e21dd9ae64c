import { type Clock, pause, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import { backoffMs } from "#shared/log/backoff.ts";

/** Does it until it is done, however long the store is away, which counts and logs its own failures. */
export async function insist(clock: Clock & Timers, work: () => Promise<void>): Promise<void> {
  const bounds = { min: limits.laneRetryMsMin, max: limits.laneRetryMsMax };
  for (let attempt = 0; ; attempt += 1) {
    try {
      await work();
      return;
    } catch {
      await pause(clock, backoffMs(attempt, bounds));
    }
  }
}

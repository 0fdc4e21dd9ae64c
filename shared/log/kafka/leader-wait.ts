import { limits } from "#shared/limits.ts";
import { backoffMs } from "../backoff.ts";

/**
 * Tries again what fails in passing: a topic that was made just now is known to its brokers one after the other, and
 * its partitions, like those of a broker that went, have no leader for a moment.
 */
export async function whileElecting<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + limits.leaderWaitMsMax;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const pause = backoffMs(attempt, { min: 20, max: 500 });
      if (!isPassing(error) || performance.now() + pause > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** kafkajs wraps an error that it has tried often enough into one that is not to be tried again. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("retriable" in error && error.retriable === true) || isPassing(error.cause);
}

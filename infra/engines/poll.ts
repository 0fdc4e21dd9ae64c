import { setTimeout as sleep } from "node:timers/promises";

const intervalMs = 100;

/**
 * Asks again and again until `attempt` says true. An attempt that throws counts as "not yet";
 * past the deadline the last such error is named by the one thrown here.
 */
export async function pollUntil(
  what: string,
  deadlineMs: number,
  attempt: () => Promise<boolean>,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  let lastError: unknown;
  do {
    try {
      if (await attempt()) return;
    } catch (error) {
      lastError = error;
    }
    await sleep(intervalMs);
  } while (performance.now() < end);
  const last = lastError instanceof Error ? ` The last attempt: ${lastError.message}` : "";
  throw new Error(`Waited ${deadlineMs / 1000} s until ${what}, in vain.${last}`, { cause: lastError });
}

import { limits } from "#shared/limits.ts";
import type { Delay } from "#shared/log/log.ts";

/** Rejects readiness while rooms stand still or lag. @throws Error that names the partition, how long, and why. */
export function mustKeepUp(delays: readonly Delay[]): void {
  const worst = delays.toSorted((a, b) => b.seconds - a.seconds)[0];
  if (worst === undefined || worst.seconds * 1_000 < limits.readyDelayMsMax) return;
  const { topic, partition, seconds, error } = worst;
  const what = partition === null ? topic : `Partition ${partition} of ${topic}`;
  const why = error === null ? "it is behind" : messageOf(error);
  throw new Error(`${what} has not come to its end for ${Math.round(seconds)} s: ${why}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

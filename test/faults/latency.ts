import type { History } from "#test/history-checker/history.ts";
import { sendKey } from "#test/history-checker/keys.ts";
import { liveMessages } from "#test/history-checker/live-messages.ts";

/** A stretch of the run, in its clock's milliseconds. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From a send to its arrival at each client, for what was sent within the stretches. Sorted. */
export function latenciesMs(
  history: Pick<History, "sends" | "subscribers">,
  stretches: readonly Stretch[],
): number[] {
  const sentMs = new Map(history.sends.map((send) => [sendKey(send), send.invokedAtMs]));
  const latencies: number[] = [];
  for (const { event, atMs } of liveMessages(history)) {
    const at = sentMs.get(sendKey(event));
    if (at !== undefined && stretches.some(({ fromMs, toMs }) => at >= fromMs && at < toMs))
      latencies.push(atMs - at);
  }
  return latencies.sort((a, b) => a - b);
}

/** @param sorted none: null. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

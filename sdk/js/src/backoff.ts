/**
 * Full jitter: a pause random in [0, min(cap, base × 2^attempt)], so that clients that lost the same server come back
 * spread out. A wish of the server is waited for first, and jittered after.
 */
export function backoffMs(
  attempt: number,
  of: {
    readonly backoffBaseMs: number;
    readonly backoffCapMs: number;
    readonly retryAfterMsMax: number;
    /** In [0, 1). */
    readonly random: () => number;
  },
  retryAfterMs: number | null = null,
): number {
  const ceilingMs = Math.min(of.backoffCapMs, of.backoffBaseMs * 2 ** attempt);
  const floorMs = Math.min(retryAfterMs ?? 0, of.retryAfterMsMax);
  return floorMs + of.random() * ceilingMs;
}

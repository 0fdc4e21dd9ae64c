/**
 * When each message is due: fixed before the run, whatever the product does meanwhile. A latency counts from there, so
 * that a stall, which keeps a load generator from sending as well, is felt by every message that was due in it.
 *
 * Each message has a slot of the same length and a place in it that only the seed decides: the rate is exact, and no
 * timer of the product falls into step with it.
 */
export interface Schedule {
  readonly count: number;
  readonly perSecond: number;
  readonly seed: number;
}

/** Milliseconds after the start at which message `n` (from 0) is due. */
export function dueAfterMs({ perSecond, seed }: Schedule, n: number): number {
  return ((n + fraction(seed, n)) * 1_000) / perSecond;
}

export function scheduleOf(perSecond: number, seconds: number, seed: number): Schedule {
  return { count: Math.max(1, Math.round(perSecond * seconds)), perSecond, seed };
}

/** A number in [0, 1) that looks random: the mixer of splitmix32. */
export function fraction(seed: number, n: number): number {
  let mixed = (seed + Math.imul(n + 1, 0x9e3779b9)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

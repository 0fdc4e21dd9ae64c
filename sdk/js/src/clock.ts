/** Time, as the client sees it; tests drive their own. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`. The returned function cancels, and does nothing later. */
  after(ms: number, callback: () => void): () => void;
}

/** Timers take at most 2³¹−1 ms and fire at once past it. */
const timerMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, timerMsMax));
    return () => clearTimeout(timer);
  },
};

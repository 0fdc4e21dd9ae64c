/** Where time comes from, so that a test can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

/** What wakes at a time, so that a simulation can drive it. Each call returns what cancels it; later that does nothing. */
export interface Timers {
  /** Calls back once, `ms` from now. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back every `ms`, until cancelled; does not keep the process alive. */
  every(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock & Timers = {
  nowMs: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  every(ms, callback) {
    const timer = setInterval(callback, ms).unref();
    return () => clearInterval(timer);
  },
};

/** Resolves `ms` from now. */
export function pause(timers: Timers, ms: number): Promise<void> {
  return new Promise((resolve) => {
    timers.after(ms, resolve);
  });
}

/** RFC 3339, UTC, with milliseconds: the form of every time that leaves this product. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

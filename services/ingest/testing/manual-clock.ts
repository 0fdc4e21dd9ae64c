/** Time that a test moves, with what wakes every so often. */
export function manualClock(startMs = 1_800_000_000_000) {
  let now = startMs;
  const wakes: (() => void)[] = [];
  return {
    nowMs: () => now,
    after: (_ms: number, callback: () => void) => {
      setImmediate(callback);
      return () => undefined;
    },
    every: (_ms: number, callback: () => void) => {
      wakes.push(callback);
      return () => void wakes.splice(wakes.indexOf(callback), 1);
    },
    /** Time passes, and all that wait for it wake. */
    pass: async (ms: number) => {
      now += ms;
      for (const wake of [...wakes]) wake();
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    },
  };
}

/** The machine's monotonic clock, the same in every thread; `performance.now()` starts anew in each. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

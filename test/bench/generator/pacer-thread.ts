import { parentPort, workerData } from "node:worker_threads";
import { dueAfterMs, type Schedule } from "../schedule.ts";
import { monotonicMs } from "./monotonic.ts";

export interface PacerData {
  readonly schedule: Schedule;
  /** On the machine's monotonic clock, which all threads share. */
  readonly startAtMs: number;
}

/** Messages due within so little of each other go out together, as each wake costs the generator some work. */
const wakeEveryMs = 0.5;

/**
 * Wakes the generator when messages are due. A thread that sleeps on an atomic is woken within some 0.1 ms; timers of
 * the event loop are whole milliseconds, which would be most of what is measured.
 */
function pace({ schedule, startAtMs }: PacerData): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  let wakeAtMs = 0;
  for (let n = 0; n < schedule.count; ) {
    wakeAtMs = Math.max(startAtMs + dueAfterMs(schedule, n), wakeAtMs + wakeEveryMs);
    const waitMs = wakeAtMs - monotonicMs();
    if (waitMs > 0) Atomics.wait(never, 0, 0, waitMs);
    parentPort?.postMessage(null);
    wakeAtMs = monotonicMs();
    while (n < schedule.count && startAtMs + dueAfterMs(schedule, n) <= wakeAtMs) n += 1;
  }
}

pace(workerData as PacerData);

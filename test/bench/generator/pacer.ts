import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { dueAfterMs, type Schedule } from "../schedule.ts";
import { monotonicMs } from "./monotonic.ts";
import type { PacerData } from "./pacer-thread.ts";

/** Time for the thread to start before the first message is due. */
const leadMs = 150;

/**
 * Calls `send(n, dueMs)` for each message of a schedule, as soon as it is due and this thread is free.
 *
 * @param started is called just before the first.
 * @returns when all were sent. `dueMs` is on `performance.now()`'s clock.
 */
export async function pace(
  schedule: Schedule,
  send: (n: number, dueMs: number) => void,
  started: () => void,
): Promise<void> {
  const startMs = performance.now() + leadMs;
  const data: PacerData = { schedule, startAtMs: monotonicMs() + leadMs };
  const thread = new Worker(new URL("./pacer-thread.ts", import.meta.url), { workerData: data });
  let next = 0;
  const sendDue = (): void => {
    if (next === 0) started();
    for (; next < schedule.count; next += 1) {
      const dueMs = startMs + dueAfterMs(schedule, next);
      if (dueMs > performance.now()) return;
      send(next, dueMs);
    }
  };
  thread.on("message", sendDue);
  await once(thread, "exit");
  // Its last wake may have come a hair before the last message was due.
  while (next < schedule.count) {
    await sleep(1);
    sendDue();
  }
}

import type { LogObserver } from "./log.ts";

/** For logs that nobody measures. */
export const noObserver: LogObserver = {
  appended() {},
  appendFailed() {},
  consumed() {},
  stalled() {},
};

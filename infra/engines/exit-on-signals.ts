import { constants } from "node:os";

/**
 * For an entry point that has nothing to drain: a signal to stop ends the process in order, so that
 * its "exit" listeners run. Testcontainers brings a library that else re-sends the signal to kill
 * the process outright.
 */
export function exitOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }
}

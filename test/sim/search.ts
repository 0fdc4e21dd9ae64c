import fc from "fast-check";
import type { Violation } from "#test/history-checker/history.ts";
import type { Parts } from "./parts.ts";
import { runSchedule } from "./run.ts";
import { type Schedule, schedules } from "./schedule.ts";

export interface Search {
  readonly seed: number;
  /** Schedules that were run, those of shrinking left out. */
  readonly runs: number;
  /** The smallest that fails, of those found; null when none did. */
  readonly found: { readonly schedule: Schedule; readonly violations: readonly Violation[] } | null;
}

/** Runs schedules that follow from the seed until one fails; takes steps away from that one while it still does. */
export async function search(options: {
  readonly seed: number;
  readonly runs: number;
  readonly parts?: Parts;
  /** No new run begins past this much of the process's CPU time. */
  readonly cpuMsMax?: number;
  /** And, once one has failed, none to shrink it past this much more. */
  readonly shrinkCpuMsMax?: number;
  readonly ran?: (runs: number) => void;
}): Promise<Search> {
  const { seed, runs, parts, cpuMsMax = Number.POSITIVE_INFINITY, shrinkCpuMsMax = 60_000, ran } = options;
  const wiring = parts === undefined ? {} : { parts };
  const startedAt = process.cpuUsage();
  const spentMs = () => {
    const { user, system } = process.cpuUsage(startedAt);
    return (user + system) / 1_000;
  };

  let done = 0;
  let failedAtMs: number | null = null;
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const boundMs = failedAtMs === null ? cpuMsMax : failedAtMs + shrinkCpuMsMax;
    if (spentMs() > boundMs) return;
    if (failedAtMs === null) {
      done += 1;
      ran?.(done);
    }
    const { violations } = await runSchedule(schedule, wiring);
    if (violations.length === 0) return;
    failedAtMs ??= spentMs();
    throw new Error("a schedule fails");
  });
  const { counterexample } = await fc.check(property, { seed, numRuns: runs });
  const schedule = counterexample?.[0];
  if (schedule === undefined) return { seed, runs: done, found: null };
  const { violations } = await runSchedule(schedule, wiring);
  return { seed, runs: done, found: { schedule, violations } };
}

/** What somebody needs to see it again. */
export function report({ seed, runs, found }: Search): string {
  if (found === null) return `seed ${seed}: ${runs} schedules, no invariant was broken`;
  const steps = found.schedule.steps.map(
    ({ afterMs, action }) => `  after ${afterMs} ms: ${JSON.stringify(action)}`,
  );
  return [
    `seed ${seed}: schedule ${runs} breaks an invariant. Shrunk to ${steps.length} steps:`,
    ...steps,
    ...found.violations.map(({ invariant, message }) => `  ${invariant}: ${message}`),
    `npm run sim -- --seed ${seed} --runs ${runs}`,
    `npm run sim -- --schedule '${JSON.stringify(found.schedule)}'`,
  ].join("\n");
}

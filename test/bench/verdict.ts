import type { GeneratorHealth, WindowReport } from "./generator/tally.ts";
import { Histogram } from "./histogram.ts";

/** What a generator may need of its own time before it measures itself rather than the product. */
export const bounds = {
  loopUtilisationMax: 0.85,
  /** Of sends behind their schedule, at the fixed rate, where milliseconds count. */
  latenessP99MsMax: 10,
  /** The same in the search for the highest rate, where answers may take `ackP99MsMax`. */
  rampLatenessP99MsMax: 50,
  /** A rate counts as held when answers and deliveries come in this time. */
  ackP99MsMax: 250,
  deliverP99MsMax: 500,
} as const;

/** Why the generator cannot be believed; null when it can. */
export function generatorFault(health: GeneratorHealth, latenessP99MsMax: number): string | null {
  const { loopUtilisation } = health;
  if (loopUtilisation > bounds.loopUtilisationMax) {
    return `the generator's event loop was busy ${percent(loopUtilisation)} of the time (at most ${percent(bounds.loopUtilisationMax)})`;
  }
  const lateMs = Histogram.of(health.lateness).quantileMs(0.99);
  if (lateMs > latenessP99MsMax) {
    return `1 % of the sends went out ${lateMs.toFixed(1)} ms late or more (at most ${latenessP99MsMax} ms)`;
  }
  return null;
}

/** What is missing of a window, in words; empty when every message was acknowledged and seen by both members. */
export function losses(report: WindowReport): string[] {
  const found: string[] = [];
  const refused = Object.entries(report.refused);
  for (const [code, count] of refused) found.push(`${count} refused with ${code}`);
  const missing = report.sent - report.complete - refused.reduce((sum, [, count]) => sum + count, 0);
  if (missing > 0) found.push(`${missing} not acknowledged or not seen by both members`);
  if (report.sent < report.scheduled) found.push(`${report.scheduled - report.sent} never sent`);
  return found;
}

/** Why a rate was not held; null when it was. */
export function notHeld(report: WindowReport): string | null {
  if (report.violations.length > 0) return `an invariant was broken: ${report.violations[0]}`;
  const lost = losses(report);
  if (lost.length > 0) return lost.join(", ");
  const ackMs = Histogram.of(report.ack).quantileMs(0.99);
  if (ackMs > bounds.ackP99MsMax) return `send→ack p99 ${ackMs.toFixed(0)} ms`;
  const deliverMs = Histogram.of(report.deliver).quantileMs(0.99);
  if (deliverMs > bounds.deliverP99MsMax) return `send→deliver p99 ${deliverMs.toFixed(0)} ms`;
  return null;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

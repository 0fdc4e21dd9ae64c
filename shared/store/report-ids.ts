import { hash } from "node:crypto";

const timeChars = 9;
const hashChars = 16;

/**
 * An id whose order is that of time, to the millisecond. The rest follows from what is reported by whom: the same again
 * at the same time is the same report.
 */
export function reportIdFor(of: {
  readonly ms: number;
  readonly tenantId: string;
  readonly roomId: string;
  readonly messageId: string;
  /** A user, or what no user is called. */
  readonly by: string;
}): string {
  const key = [of.tenantId, of.roomId, of.messageId, of.by].join("\n");
  return `${firstReportId(of.ms)}${hash("sha256", key, "hex").slice(0, hashChars)}`;
}

/** No id of that time or later is before it. */
export function firstReportId(ms: number): string {
  return `rep_${Math.max(0, ms).toString(36).padStart(timeChars, "0")}`;
}

/** The time in an id: milliseconds since the epoch. */
export function reportMs(reportId: string): number {
  return Number.parseInt(reportId.slice(4, 4 + timeChars), 36);
}

/** Who reports for masking: a message, and each change of it, once. */
export function flaggedBy(seq: number): string {
  return `~${seq}`;
}

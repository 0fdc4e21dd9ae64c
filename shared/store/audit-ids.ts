import { randomBytes } from "node:crypto";

const timeChars = 9;

/** An id whose order is that of time, to the millisecond. Base 36 keeps that until the year 5188. */
export function newAuditId(ms: number): string {
  return `${firstAuditId(ms)}${randomBytes(8).toString("hex")}`;
}

/** No id of that time or later is before it. */
export function firstAuditId(ms: number): string {
  return `aud_${Math.max(0, ms).toString(36).padStart(timeChars, "0")}`;
}

/** The time in an id: milliseconds since the epoch. */
export function auditMs(auditId: string): number {
  return Number.parseInt(auditId.slice(4, 4 + timeChars), 36);
}

import { hash } from "node:crypto";

const timeChars = 9;

/**
 * The id of a delivery: its time, then what makes it the one it is. The same event for the same endpoint has the same
 * id, whoever works it out and how often. Base 36 keeps ids in the order of their times until the year 5188.
 */
export function deliveryIdFor(createdMs: number, parts: readonly string[]): string {
  return `${firstIdOf(createdMs)}${hash("sha256", parts.join("\n"), "hex").slice(0, 20)}`;
}

/** No id of that time or later is before it. */
export function firstIdOf(ms: number): string {
  return `dlv_${Math.max(0, ms).toString(36).padStart(timeChars, "0")}`;
}

/** The time in an id: milliseconds since the epoch. */
export function deliveryMs(deliveryId: string): number {
  return Number.parseInt(deliveryId.slice(4, 4 + timeChars), 36);
}

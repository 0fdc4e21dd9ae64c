/** Where time comes from, so that a test can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** RFC 3339, UTC, with milliseconds: the form of every time that leaves this product. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

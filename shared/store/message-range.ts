/** Numbers of messages, both ends included. */
export interface MessageRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Which messages a page holds. Numbers are dense, so it follows from the page, the room's newest number and the last that is gone:
 * nothing is searched for, and what is not yet said by the head is not shown. Null: the page is empty.
 */
export function messageRange(
  page: { before?: number; after?: number; limit: number },
  newest: number,
  expired = 0,
): MessageRange | null {
  const lowest = Math.max(expired, page.after ?? 0) + 1;
  const highest = Math.min(newest, (page.before ?? Number.MAX_SAFE_INTEGER) - 1);
  if (page.limit < 1 || lowest > highest) return null;
  return page.before === undefined && page.after !== undefined
    ? { from: lowest, to: Math.min(highest, lowest + page.limit - 1) }
    : { from: Math.max(lowest, highest - page.limit + 1), to: highest };
}

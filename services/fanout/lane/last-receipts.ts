import type { Outcome } from "./room-batch.ts";

/**
 * Of a member's receipts in one batch only those are told that say something after the last: a marker that moved ten
 * times is told once, and what was read is not told as delivered too.
 */
export function withLastReceipts(outcomes: readonly Outcome[]): Outcome[] {
  const told = new Map<string, number>();
  return outcomes
    .toReversed()
    .map((outcome) => {
      if (outcome.receipt === null) return outcome;
      const { event, to } = outcome.receipt;
      const keyOf = (type: string) => [event.tenantId, event.roomId, event.userId, type, to].join("/");
      const isRead =
        event.type === "receipt.delivered" && (told.get(keyOf("receipt.read")) ?? 0) >= event.number;
      if (told.has(keyOf(event.type)) || isRead) return { ...outcome, receipt: null };
      told.set(keyOf(event.type), "number" in event ? event.number : 0);
      return outcome;
    })
    .toReversed();
}

import type { DueRow, KeptDelivery, WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";

export function dueRowOf({ tenantId, deliveryId, endpointId }: Omit<DueRow, "dueMs">, dueMs: number): DueRow {
  return { tenantId, deliveryId, endpointId, dueMs };
}

/** When the first of them is due; Infinity where there is none. */
export function oldestOf(rows: Iterable<DueRow>): number {
  let oldestMs = Number.POSITIVE_INFINITY;
  for (const { dueMs } of rows) oldestMs = Math.min(oldestMs, dueMs);
  return oldestMs;
}

export function rowOf({ progress: _, ...row }: KeptDelivery): WebhookDeliveryRow {
  return row;
}

/** To be tried as if it had not been, with its log. */
export function begunAnew(row: KeptDelivery): KeptDelivery {
  return {
    ...row,
    progress: { ...row.progress, status: "pending", tries: 0, nextAttemptAt: null, batchId: null },
  };
}

/** It is neither taken nor given up. */
export function isOpen({ progress: { status } }: KeptDelivery): boolean {
  return status === "pending" || status === "failed";
}

/** 0: as soon as it has its turn. */
export function nextTryMs({ progress: { nextAttemptAt } }: KeptDelivery): number {
  return nextAttemptAt === null ? 0 : Date.parse(nextAttemptAt);
}

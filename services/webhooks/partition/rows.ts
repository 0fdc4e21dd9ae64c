import type { DuePlace, DueRow, KeptDelivery, WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";

export function isAfter(a: DuePlace, b: DuePlace): boolean {
  return a.dueMs === b.dueMs ? a.deliveryId > b.deliveryId : a.dueMs > b.dueMs;
}

export function dueRowOf({ tenantId, deliveryId, endpointId }: Omit<DueRow, "dueMs">, dueMs: number): DueRow {
  return { tenantId, deliveryId, endpointId, dueMs };
}

export function rowOf({ progress: _, ...row }: KeptDelivery): WebhookDeliveryRow {
  return row;
}

/** To be tried as if it had not been, with its log. */
export function begunAnew(row: KeptDelivery): KeptDelivery {
  return { ...row, progress: { ...row.progress, status: "pending", tries: 0, nextAttemptAt: null } };
}

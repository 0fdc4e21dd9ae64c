import type { DueRow } from "#shared/store/webhook-deliveries.ts";

/** A room that an endpoint wants looked at when it is time. */
export interface Timer {
  readonly kind: "unread" | "idle";
  readonly tenantId: string;
  readonly endpointId: string;
  readonly roomId: string;
  readonly dueMs: number;
}

/** Of an endpoint no part has a colon; of a room any may. */
const form = /^(unread|idle):([^:]+):(.+)$/;

/** Kept beside the deliveries that are due: one id for a room, however often it is set. */
export function timerRow({ kind, tenantId, endpointId, roomId, dueMs }: Timer): DueRow {
  return { tenantId, endpointId, dueMs, deliveryId: `${kind}:${endpointId}:${roomId}` };
}

/** null: it is a delivery. */
export function timerOf({ tenantId, endpointId, deliveryId, dueMs }: DueRow): Timer | null {
  const [, kind, , roomId] = form.exec(deliveryId) ?? [];
  if (kind === undefined || roomId === undefined) return null;
  return { kind: kind === "idle" ? "idle" : "unread", tenantId, endpointId, roomId, dueMs };
}

export function isTimer(row: DueRow): boolean {
  return timerOf(row) !== null;
}

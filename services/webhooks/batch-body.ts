import { webhookBatch } from "#shared/protocol/webhooks.ts";
import type { KeptDelivery, WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";

/** How a batch is kept. */
interface Named {
  readonly deliveryIds: readonly string[];
}

export function isBatch({ eventType }: Pick<WebhookDeliveryRow, "eventType">): boolean {
  return eventType === webhookBatch;
}

/** Nobody has called with it yet. */
export function isUnsent({ progress }: Pick<KeptDelivery, "progress">): boolean {
  return progress.attemptCount === 0;
}

/** The deliveries that go by a batch. */
export function idsIn({ body }: Pick<WebhookDeliveryRow, "body">): readonly string[] {
  return (JSON.parse(body) as Named).deliveryIds;
}

/** How a batch is kept by which only these go. */
export function namingOnly(batch: Pick<WebhookDeliveryRow, "body">, ids: ReadonlySet<string>): string {
  const named = JSON.parse(batch.body) as Named;
  return JSON.stringify({ ...named, deliveryIds: named.deliveryIds.filter((id) => ids.has(id)) });
}

/** A batch as it is sent. */
export function batchBody(
  batch: Pick<WebhookDeliveryRow, "body">,
  parts: readonly Pick<WebhookDeliveryRow, "eventId" | "body">[],
): string {
  const { deliveryIds: _, ...head } = JSON.parse(batch.body) as Named;
  // Bodies are JSON already.
  const events = parts.map(({ eventId, body }) => `{"id":${JSON.stringify(eventId)},"event":${body}}`);
  return `${JSON.stringify(head).slice(0, -1)},"events":[${events.join(",")}]}`;
}

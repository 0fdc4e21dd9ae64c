import { LRUCache } from "lru-cache";
import { limits } from "#shared/limits.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { emptied } from "#shared/store/emptied.ts";
import type { DeliveryKey, WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";
import type { WebhookStore } from "#shared/store/webhook-store.ts";
import { deliveryKeyOf } from "./events.ts";

type ErasingStore = Pick<WebhookStore, "listEndpointIds" | "getDeliveries" | "setBodies">;

/**
 * Takes out of kept deliveries what messages said that were deleted for good, or were too old to be kept. Those that are still to be sent, or are
 * sent again, go out without it.
 */
export class Erasing {
  readonly #store: ErasingStore;
  /** Some of these may be in memory as they were. */
  readonly #emptied = new LRUCache<string, true>({ max: limits.webhookEmptiedMax });

  constructor(store: ErasingStore) {
    this.#store = store;
  }

  /** What events of a batch take back. From here on `bodyOf` gives none of it. */
  async takenBack(events: readonly DurableEvent[]): Promise<DeliveryKey[]> {
    const keys: DeliveryKey[] = [];
    for (const event of events) {
      if (!("emptied" in event) || event.emptied === undefined) continue;
      const { tenantId, roomId } = event;
      const endpointIds = await this.#store.listEndpointIds(tenantId);
      for (const { seq, at } of event.emptied) {
        keys.push(...endpointIds.map((id) => deliveryKeyOf({ tenantId, roomId, seq, at }, id)));
      }
    }
    for (const { deliveryId } of keys) this.#emptied.set(deliveryId, true);
    return keys;
  }

  /** The same again changes nothing. */
  async empty(keys: readonly DeliveryKey[]): Promise<void> {
    for (let from = 0; from < keys.length; from += limits.webhookDuePageRows) {
      const kept = await this.#store.getDeliveries(keys.slice(from, from + limits.webhookDuePageRows));
      const changes = kept.flatMap((row) =>
        row === null ? [] : [{ tenantId: row.tenantId, deliveryId: row.deliveryId, body: emptyBody(row) }],
      );
      if (changes.length > 0) await this.#store.setBodies(changes);
    }
  }

  bodyOf(delivery: WebhookDeliveryRow): string {
    return this.#emptied.has(delivery.deliveryId) ? emptyBody(delivery) : delivery.body;
  }
}

function emptyBody({ body }: WebhookDeliveryRow): string {
  return JSON.stringify(emptied(JSON.parse(body) as DurableEvent));
}

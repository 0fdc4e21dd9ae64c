import { LRUCache } from "lru-cache";
import { limits } from "#shared/limits.ts";
import type {
  KeptDelivery,
  WebhookDeliveryRow,
  WebhookDeliveryStore,
} from "#shared/store/webhook-deliveries.ts";

type Looked<T> = T & { readonly kept: KeptDelivery | null };

/**
 * Events may come again: after a hand-over, and when fanout emits some anew. What is over stays so, and what is not
 * goes on as it was. Only of events that are surely new the store is not asked.
 */
export class Seen {
  readonly #store: Pick<WebhookDeliveryStore, "getDeliveries">;
  /** Of a room and an endpoint: the newest event that nobody had dealt with. Later ones are new as well. */
  readonly #newest = new LRUCache<string, number>({ max: limits.webhookTailsMax });

  constructor(store: Pick<WebhookDeliveryStore, "getDeliveries">) {
    this.#store = store;
  }

  /** @returns with each what is kept of it; null where it is new. */
  async look<T extends { readonly row: WebhookDeliveryRow }>(made: readonly T[]): Promise<Looked<T>[]> {
    const isNew = ({ row }: T) =>
      (row.seq ?? 0) > (this.#newest.get(placeOf(row)) ?? Number.POSITIVE_INFINITY);
    const asked = made.filter((each) => !isNew(each)).map(({ row }) => row);
    const known = asked.length === 0 ? [] : await this.#store.getDeliveries(asked);
    const kept = new Map(known.flatMap((each) => (each === null ? [] : [[each.deliveryId, each] as const])));
    return made.map((each) => ({ ...each, kept: kept.get(each.row.deliveryId) ?? null }));
  }

  /** They are in the store now. */
  note(made: readonly Looked<{ readonly row: WebhookDeliveryRow }>[]): void {
    for (const { row, kept } of made) {
      if (kept === null && row.seq !== null) this.#newest.set(placeOf(row), row.seq);
    }
  }
}

function placeOf({ tenantId, endpointId, roomId }: WebhookDeliveryRow): string {
  return `${tenantId}/${endpointId}/${roomId ?? ""}`;
}

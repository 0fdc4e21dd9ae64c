import { LRUCache } from "lru-cache";
import { limits } from "#shared/limits.ts";
import type {
  DeliveryTail,
  TailKey,
  WebhookDeliveryRow,
  WebhookDeliveryStore,
} from "#shared/store/webhook-deliveries.ts";

type TailStore = Pick<WebhookDeliveryStore, "readTail" | "writeTail">;

/** What the newest delivery of each room to each ordered endpoint is: the next one waits for it. */
export class Tails {
  readonly #store: TailStore;
  readonly #known = new LRUCache<string, DeliveryTail>({ max: limits.webhookTailsMax });

  constructor(store: TailStore) {
    this.#store = store;
  }

  /** For one batch: what it finds is kept once the batch is in the store. */
  begin() {
    const moved = new Map<string, { readonly key: TailKey; readonly tail: DeliveryTail }>();
    const read = async (id: string, key: TailKey): Promise<DeliveryTail | null> => {
      const known = moved.get(id)?.tail ?? this.#known.get(id);
      return known ?? (await this.#store.readTail(key));
    };
    return {
      /** @returns the delivery that this one waits for. */
      follow: async ({ tenantId, endpointId, roomId, seq, deliveryId }: WebhookDeliveryRow) => {
        if (roomId === null || seq === null) return null;
        const key = { tenantId, endpointId, roomId };
        const id = `${tenantId}/${endpointId}/${roomId}`;
        const tail = await read(id, key);
        // A batch that is given again finds itself, or what came after it.
        if (tail !== null && tail.seq >= seq) return null;
        moved.set(id, { key, tail: { deliveryId, seq } });
        return tail?.deliveryId ?? null;
      },
      /** After the deliveries: a crash in between leaves them to be made again, the same. */
      write: async () => {
        await Promise.all([...moved.values()].map(({ key, tail }) => this.#store.writeTail(key, tail)));
        for (const [id, { tail }] of moved) this.#known.set(id, tail);
      },
    };
  }
}

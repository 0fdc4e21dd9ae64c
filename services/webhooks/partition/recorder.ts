import { type Clock, pause, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import { backoffMs } from "#shared/log/backoff.ts";
import type {
  DeliveryKey,
  DeliveryProgress,
  DueRow,
  WebhookDeliveryStore,
} from "#shared/store/webhook-deliveries.ts";

/** What became of one delivery. */
interface Change extends DeliveryKey {
  /** null: as it was. */
  readonly progress: DeliveryProgress | null;
  readonly add: DueRow | null;
  readonly remove: DueRow;
}

/**
 * Writes what became of a partition's deliveries, together with what else has ended meanwhile. Until it is written the
 * delivery stays with whoever had it, however long the store is away.
 *
 * When it is due next is written before what became of it, and that before it is no longer due now: a crash in between
 * may repeat a try, and loses none.
 */
export class Recorder {
  readonly #store: Pick<WebhookDeliveryStore, "setProgress" | "changeDue">;
  readonly #clock: Clock & Timers;
  readonly #partition: number;
  #waiting: { readonly change: Change; readonly written: () => void }[] = [];
  #writing = false;

  constructor(options: {
    store: Pick<WebhookDeliveryStore, "setProgress" | "changeDue">;
    clock: Clock & Timers;
    partition: number;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#partition = options.partition;
  }

  /** Resolves when it is written. Never rejects. */
  record(change: Change): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ change, written: resolve });
      if (!this.#writing) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, limits.webhookRecordsPerWriteMax);
      await this.#insist(batch.map(({ change }) => change));
      for (const { written } of batch) written();
    }
    this.#writing = false;
  }

  async #insist(changes: readonly Change[]): Promise<void> {
    const bounds = { min: limits.laneRetryMsMin, max: limits.laneRetryMsMax };
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#writeOnce(changes);
        return;
      } catch {
        // The store counts and logs its own failures.
        await pause(this.#clock, backoffMs(attempt, bounds));
      }
    }
  }

  async #writeOnce(changes: readonly Change[]): Promise<void> {
    const add = changes.flatMap((change) => change.add ?? []);
    const remove = changes.map((change) => change.remove);
    const progressed = changes.flatMap(({ tenantId, deliveryId, progress }) =>
      progress === null ? [] : [{ tenantId, deliveryId, progress }],
    );
    if (add.length > 0) await this.#store.changeDue(this.#partition, { add });
    if (progressed.length > 0) await this.#store.setProgress(progressed);
    await this.#store.changeDue(this.#partition, { remove });
  }
}

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type {
  DeliveryKey,
  DeliveryProgress,
  DueRow,
  WebhookDeliveryStore,
} from "#shared/store/webhook-deliveries.ts";
import { insist } from "./insist.ts";
import { oldestOf } from "./rows.ts";

/** What became of one delivery. */
interface Change extends DeliveryKey {
  /** null: as it was. */
  readonly progress: DeliveryProgress | null;
  /** Of those that went by it. */
  readonly parts?: readonly (DeliveryKey & { readonly progress: DeliveryProgress })[];
  readonly add: DueRow | null;
  readonly remove: DueRow;
}

/**
 * Writes what became of a partition's deliveries, together with what else has ended meanwhile. Until it is written the
 * delivery stays with whoever had it, however long the store is away.
 *
 * When it is due next is written before what became of it, and that before it is no longer due now: a crash in between
 * may repeat a try, and loses none. The last is not waited for.
 */
export class Recorder {
  readonly #store: Pick<WebhookDeliveryStore, "setProgress" | "changeDue">;
  readonly #clock: Clock & Timers;
  readonly #partition: number;
  /** What is over, and still due in the store. */
  readonly #done = new Map<string, DueRow>();
  #cancelRemoval: (() => void) | null = null;
  #stopped = false;
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

  /** It was due, and is in the store no more, or will not be in a moment. */
  isDone(row: DueRow): boolean {
    return this.#done.has(keyOf(row));
  }

  /** When the oldest was due that is still in the store. */
  get oldestMs(): number {
    return oldestOf(this.#done.values());
  }

  /** What is over goes now. What does not, the next owner finds to be over. */
  stop(): void {
    this.#stopped = true;
    this.#cancelRemoval?.();
    void this.#removeDone().catch(() => {});
  }

  #removeSoon(): void {
    if (this.#cancelRemoval !== null || this.#stopped) return;
    this.#cancelRemoval = this.#clock.after(limits.webhookDoneMs, () => {
      this.#cancelRemoval = null;
      this.#removeDone().catch(() => this.#removeSoon());
    });
  }

  /** Nobody waits for it: so the rows of many deliveries go together. */
  async #removeDone(): Promise<void> {
    const remove = [...this.#done.values()];
    if (remove.length === 0) return;
    await this.#store.changeDue(this.#partition, { remove });
    for (const row of remove) this.#done.delete(keyOf(row));
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      // What ends in the same turn of the event loop goes together.
      await nextTurn();
      const batch = this.#waiting.splice(0, limits.webhookRecordsPerWriteMax);
      await insist(this.#clock, () => this.#writeOnce(batch.map(({ change }) => change)));
      for (const { written } of batch) written();
    }
    this.#writing = false;
  }

  async #writeOnce(changes: readonly Change[]): Promise<void> {
    const add = changes.flatMap((change) => change.add ?? []);
    const progressed = changes.flatMap(({ tenantId, deliveryId, progress }) =>
      progress === null ? [] : [{ tenantId, deliveryId, progress }],
    );
    if (add.length > 0) await this.#store.changeDue(this.#partition, { add });
    // Before the batch that they went by, as nobody looks after them once that is over.
    const parts = changes.flatMap((change) => change.parts ?? []);
    if (parts.length > 0) await this.#store.setProgress(parts);
    if (progressed.length > 0) await this.#store.setProgress(progressed);
    for (const { remove } of changes) this.#done.set(keyOf(remove), remove);
    if (this.#done.size >= limits.webhookRecordsPerWriteMax) await this.#removeDone();
    else this.#removeSoon();
  }
}

function keyOf({ deliveryId, dueMs }: DueRow): string {
  return `${dueMs}/${deliveryId}`;
}

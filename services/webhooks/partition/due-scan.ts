import type { Clock, Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { DuePlace, DueRow, WebhookDeliveryStore } from "#shared/store/webhook-deliveries.ts";

interface Deps {
  readonly store: Pick<WebhookDeliveryStore, "readDue" | "readDueMark" | "writeDueMark">;
  readonly clock: Clock & Timers;
}

interface Parts {
  /** Deals with rows whose time has come. What is in hand already it passes over. */
  readonly handle: (rows: readonly DueRow[]) => Promise<void>;
  /** When the oldest in hand was due. */
  readonly oldestMs: () => number;
}

/**
 * Reads what is due of a partition, forward in time: what it has read past is in hand, done, or was put off. It reads
 * some seconds ahead and hears of all that its owner adds, so while nothing comes due it does not ask the store. What
 * it does not hear of (the owner before ends its calls after the partition is another's) the next reading finds.
 */
export class DueScan {
  readonly #deps: Deps;
  readonly #partition: number;
  readonly #parts: Parts;
  #read: DuePlace = { dueMs: 0, deliveryId: "" };
  /** What is due up to then has been read, or is being read: what is added to it has to be handed over here. */
  #untilMs = 0;
  /** Before this nothing in the store comes due. */
  #nextMs = 0;
  #markMs = 0;
  #ended = false;
  #cancel: (() => void) | null = null;

  constructor(deps: Deps, partition: number, parts: Parts) {
    this.#deps = deps;
    this.#partition = partition;
    this.#parts = parts;
  }

  /** What others left is found from the mark on. */
  async start(): Promise<void> {
    const { store, clock } = this.#deps;
    const known = await store.readDueMark(this.#partition);
    // Our clock may be behind that of whoever wrote it, and what we write is due by ours.
    const markMs = Math.min(known ?? Number.POSITIVE_INFINITY, clock.nowMs());
    if (known === null || markMs < known) await store.writeDueMark(this.#partition, markMs);
    this.#markMs = markMs;
    this.#read = { dueMs: markMs - 1, deliveryId: "" };
    this.#wakeIn(0);
  }

  stop(): void {
    this.#ended = true;
    this.#cancel?.();
  }

  /** It is due in the store from now on. Where that was read past already, it would not be seen there. */
  notice(due: DueRow): void {
    if (this.#ended) return;
    if (due.dueMs > this.#untilMs) this.#nextMs = Math.min(this.#nextMs, due.dueMs);
    else void this.#parts.handle([due]).catch(() => this.#readFrom(due));
  }

  #wakeIn(ms: number): void {
    if (this.#ended) return;
    this.#cancel = this.#deps.clock.after(ms, () => {
      this.#scan().then(
        () => this.#wakeIn(limits.webhookScanMs),
        () => this.#wakeIn(limits.webhookScanRetryMs),
      );
    });
  }

  /** What could not be dealt with is read again. */
  #readFrom(due: DuePlace): void {
    if (due.dueMs <= this.#read.dueMs) this.#read = { dueMs: due.dueMs - 1, deliveryId: "" };
    this.#nextMs = 0;
  }

  async #scan(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    // Before the store is asked, so that what is added meanwhile is not passed over.
    this.#untilMs = Math.max(this.#untilMs, nowMs);
    if (nowMs >= this.#nextMs) await this.#readUntil(nowMs);
    await this.#mark();
  }

  async #readUntil(nowMs: number): Promise<void> {
    const { store } = this.#deps;
    const limit = limits.webhookDuePageRows;
    const aheadMs = nowMs + limits.webhookScanAheadMs;
    this.#nextMs = aheadMs;
    for (let done = false; !done && !this.#ended; ) {
      const before = this.#read;
      try {
        const page = await store.readDue(this.#partition, { after: before, untilMs: aheadMs, limit });
        if (this.#ended) return;
        const later = page.rows.find(({ dueMs }) => dueMs > nowMs);
        if (page.next.dueMs > nowMs) {
          this.#nextMs = Math.min(this.#nextMs, later?.dueMs ?? page.next.dueMs);
          // The owner before may still end what it had begun, and write when that is due again.
          this.#read = { dueMs: nowMs - limits.webhookScanBackMs, deliveryId: "" };
          done = true;
        } else {
          this.#read = page.next;
        }
        await this.#parts.handle(page.rows.filter(({ dueMs }) => dueMs <= nowMs));
      } catch (error) {
        this.#readFrom({ dueMs: before.dueMs + 1, deliveryId: "" });
        throw error;
      }
    }
  }

  /** The next owner need not look before it: nothing that is older is in anybody's hands. */
  async #mark(): Promise<void> {
    if (this.#read.dueMs - this.#markMs < limits.webhookMarkMs) return;
    const oldestMs = Math.min(this.#read.dueMs, this.#parts.oldestMs());
    if (oldestMs - this.#markMs < limits.webhookMarkMs) return;
    await this.#deps.store.writeDueMark(this.#partition, oldestMs);
    this.#markMs = oldestMs;
  }
}

import type { Clock } from "#shared/clock.ts";
import type { DueRow, KeptDelivery, WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";
import type { Lines } from "../endpoint/lines.ts";
import type { WebhooksMetrics } from "../metrics.ts";
import type { Tries, TryEnd } from "../tries.ts";
import type { Recorder } from "./recorder.ts";
import { dueRowOf, oldestOf } from "./rows.ts";

interface InHandDeps {
  readonly lines: Lines;
  readonly tries: Tries;
  readonly metrics: WebhooksMetrics;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** What a delivery says now. */
  readonly bodyOf: (delivery: WebhookDeliveryRow) => string;
  /** It is due in the store from now on. */
  readonly notice: (due: DueRow) => void;
}

/** Deliveries of a partition that are in memory, each as what it is due in the store. */
export class InHand {
  readonly #deps: InHandDeps;
  readonly #due = new Map<string, DueRow>();
  /** Whoever waits until one is in hand no more. */
  readonly #onLeft = new Map<string, () => void>();
  #isOurs = true;

  constructor(deps: InHandDeps) {
    this.#deps = deps;
  }

  has(deliveryId: string): boolean {
    return this.#due.has(deliveryId);
  }

  dueOf(deliveryId: string): DueRow | undefined {
    return this.#due.get(deliveryId);
  }

  get isOurs(): boolean {
    return this.#isOurs;
  }

  /** When the oldest was due. */
  get oldestMs(): number {
    return oldestOf(this.#due.values());
  }

  /** What is not running yet is not begun any more. */
  revoked(): void {
    this.#isOurs = false;
    for (const told of this.#onLeft.values()) told();
    this.#onLeft.clear();
  }

  /**
   * Keeps a place in its endpoint's line, and memory, before the store has it: a reading of what is due would take up
   * what nobody has. False: there is none.
   */
  admit(delivery: WebhookDeliveryRow, due: DueRow): boolean {
    const line = this.#deps.lines.of(delivery.tenantId, delivery.endpointId);
    if (!line.admit()) return false;
    if (this.keep(delivery, due)) return true;
    line.giveBack();
    return false;
  }

  /** The place in the line is the line's to free once it was taken. */
  release(delivery: WebhookDeliveryRow): void {
    this.#deps.lines.of(delivery.tenantId, delivery.endpointId).giveBack();
    this.letGo(delivery);
  }

  /** Keeps one that has no place in a line yet, or has one already. False: there is too much in memory. */
  keep(delivery: WebhookDeliveryRow, due: DueRow): boolean {
    if (!this.#deps.lines.hold(delivery.body.length)) return false;
    this.#due.set(delivery.deliveryId, due);
    return true;
  }

  /** Resolves when it is over, or in the store until its next try, or not ours any more. */
  async left(deliveryId: string): Promise<void> {
    if (!this.#isOurs || !this.#due.has(deliveryId)) return;
    await new Promise<void>((resolve) => this.#onLeft.set(deliveryId, resolve));
  }

  letGo(delivery: WebhookDeliveryRow): void {
    this.#due.delete(delivery.deliveryId);
    this.#onLeft.get(delivery.deliveryId)?.();
    this.#onLeft.delete(delivery.deliveryId);
    this.#deps.lines.release(delivery.body.length);
  }

  /**
   * Leaves it in the store until there may be a place, and at least until then.
   *
   * @param held where it is in hand, which it is no more before it may be read again.
   */
  async putOff(
    row: DueRow,
    { soonestMs = 0, held = null }: { soonestMs?: number; held?: WebhookDeliveryRow | null } = {},
  ): Promise<void> {
    const { lines, recorder, notice } = this.#deps;
    const turnMs = lines.of(row.tenantId, row.endpointId).putOffMs();
    const later = { ...row, dueMs: Math.max(turnMs, soonestMs) };
    await recorder.record({ ...row, progress: null, add: later, remove: row });
    if (held !== null) this.letGo(held);
    notice(later);
  }

  /** One that was kept, with a place. @param arrivedMs when the log took its event; of a first try. */
  take(taken: KeptDelivery, takenDue: DueRow, arrivedMs?: number): void {
    const { lines, tries, metrics, clock, bodyOf } = this.#deps;
    const { deliveryId, previousId } = taken;
    const line = lines.of(taken.tenantId, taken.endpointId);
    let [delivery, due, firstOfMs] = [taken, takenDue, arrivedMs];
    const settle = async (end: Pick<TryEnd, "progress" | "parts">, nextMs: number | null, stays: boolean) => {
      const { progress, parts } = end;
      const add = nextMs === null ? null : dueRowOf(delivery, nextMs);
      await this.#deps.recorder.record({ ...delivery, progress, parts, add, remove: due });
      if (stays && add !== null) {
        [delivery, due] = [{ ...delivery, progress: progress ?? delivery.progress }, add];
        this.#due.set(deliveryId, due);
        return;
      }
      this.letGo(delivery);
      if (add !== null) this.#deps.notice(add);
    };
    line.take({
      deliveryId,
      createdMs: Date.parse(delivery.createdAt),
      previousId,
      isOurs: () => this.#isOurs,
      drop: () => lines.release(delivery.body.length),
      run: async () => {
        if (firstOfMs !== undefined) metrics.firstAttemptSeconds.observe((clock.nowMs() - firstOfMs) / 1_000);
        firstOfMs = undefined;
        const end = await tries.once(delivery, bodyOf);
        const { nextMs, call } = end;
        const stays = nextMs !== null && line.keeps(deliveryId, nextMs);
        await settle(end, nextMs, stays);
        return { over: nextMs === null, nextMs: nextMs ?? 0, stays, call };
      },
      putOff: (untilMs) => void settle({ progress: null, parts: [] }, untilMs, false),
    });
  }
}

import type { Clock, Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { KeptDelivery, WebhookDeliveryStore } from "#shared/store/webhook-deliveries.ts";
import type { Lines } from "../endpoint/lines.ts";
import { Batching, batchOf, inTurn, type Waiting } from "./batching.ts";
import type { InHand } from "./in-hand.ts";
import { insist } from "./insist.ts";
import { dueRowOf, rowOf } from "./rows.ts";

interface BatchesDeps {
  readonly store: Pick<WebhookDeliveryStore, "addDeliveries" | "setProgress" | "changeDue" | "getDeliveries">;
  readonly clock: Clock & Timers;
  readonly lines: Lines;
  readonly inHand: InHand;
  readonly notice: (due: Waiting["due"]) => void;
}

/** Deliveries of a partition that go together: each such batch is a delivery of its own, tried like any other. */
export class Batches {
  readonly #deps: BatchesDeps;
  readonly #partition: number;
  readonly #batching: Batching;
  /** By ordered endpoint, those that wait until the batch before has left. */
  readonly #queues = new Map<string, Waiting[][]>();

  constructor(deps: BatchesDeps, partition: number) {
    this.#deps = deps;
    this.#partition = partition;
    this.#batching = new Batching(deps.clock, (together) => this.#close(together));
  }

  /** What waits is due in the store: the next owner finds it there. */
  stop(): void {
    for (const { delivery } of this.#batching.stop()) this.#deps.inHand.letGo(delivery);
  }

  /** One that is in hand waits for others to go with. */
  add(waiting: Waiting): void {
    this.#batching.add(waiting);
  }

  /** Where the batch that it names was never made, it goes as if it named none. */
  async has({ tenantId, progress: { batchId } }: KeptDelivery): Promise<boolean> {
    if (batchId == null) return false;
    const [batch] = await this.#deps.store.getDeliveries([{ tenantId, deliveryId: batchId }]);
    return batch != null;
  }

  /** Where order is asked for, one after the other: as long as one is under way, what follows it has to wait. */
  #close(together: Waiting[]): void {
    const [{ delivery, endpoint }] = together as [Waiting];
    if (!endpoint.ordered) return void this.#send(together);
    const key = `${delivery.tenantId}/${delivery.endpointId}`;
    const queue = this.#queues.get(key);
    if (queue === undefined) void this.#sendAll(key, together);
    else if (queue.length < limits.webhookBatchesWaitingMax) queue.push(together);
    else for (const one of together) void this.#putOff(one, 0);
  }

  async #sendAll(key: string, first: Waiting[]): Promise<void> {
    const queue = [first];
    this.#queues.set(key, queue);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const deliveryId = await this.#send(next);
      if (deliveryId !== null) await this.#deps.inHand.left(deliveryId);
    }
    this.#queues.delete(key);
  }

  /**
   * First each says by what it goes; then that is there, and due; then they are not any more. Until the batch is there
   * a crash leaves each to itself, and from then on to the batch; nothing is sent before.
   *
   * @returns null: there is no batch.
   */
  async #send(waiting: readonly Waiting[]): Promise<string | null> {
    const together = await this.#inTurn(waiting);
    if (together.length === 0) return null;
    const { store, clock, lines, inHand, notice } = this.#deps;
    const parts = together.map(({ delivery }) => delivery);
    const batch = batchOf(parts, clock.nowMs());
    const now = dueRowOf(batch, clock.nowMs());
    const admitted = inHand.admit(batch, now);
    const line = lines.of(batch.tenantId, batch.endpointId);
    const due = admitted ? now : dueRowOf(batch, line.putOffMs());
    const batchId = batch.deliveryId;
    await insist(clock, async () => {
      // The next owner may have made another of them by now.
      if (!inHand.isOurs) return;
      await store.setProgress(parts.map((part) => ({ ...part, progress: { ...part.progress, batchId } })));
      await store.addDeliveries([rowOf(batch)], { partition: this.#partition, rows: [due] });
      await store.changeDue(this.#partition, { remove: together.map((one) => one.due) });
    });
    for (const part of parts) inHand.letGo(part);
    if (admitted) inHand.take(batch, due);
    else notice(due);
    return batchId;
  }

  /** The others are left in the store until what they wait for may be over. */
  async #inTurn(waiting: readonly Waiting[]): Promise<readonly Waiting[]> {
    const { store, clock } = this.#deps;
    const ids = new Set(waiting.map(({ delivery }) => delivery.deliveryId));
    const before = waiting.flatMap(({ delivery: { tenantId, previousId } }) =>
      previousId === null || ids.has(previousId) ? [] : [{ tenantId, deliveryId: previousId }],
    );
    if (before.length === 0) return waiting;
    let turns = inTurn([], []);
    await insist(clock, async () => {
      turns = inTurn(waiting, await store.getDeliveries(before));
    });
    await Promise.all([...turns.later].map(([one, soonestMs]) => this.#putOff(one, soonestMs)));
    return turns.now;
  }

  async #putOff({ delivery, due }: Waiting, soonestMs: number): Promise<void> {
    const { inHand } = this.#deps;
    // Where it is not ours any more, it is due in the store as it was.
    if (inHand.isOurs) await inHand.putOff(due, { soonestMs, held: delivery });
    else inHand.letGo(delivery);
  }
}

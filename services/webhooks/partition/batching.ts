import { hash } from "node:crypto";
import { rfc3339, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import { webhookBatch } from "#shared/protocol/webhooks.ts";
import {
  type DueRow,
  freshProgress,
  type KeptDelivery,
  type WebhookDeliveryRow,
} from "#shared/store/webhook-deliveries.ts";
import { deliveryIdFor } from "#shared/store/webhook-ids.ts";
import type { KeptWebhookEndpoint } from "#shared/store/webhook-store.ts";
import { isOpen, nextTryMs } from "./rows.ts";

/** A delivery that waits for others to go with, and as what it is due in the store. */
export interface Waiting {
  readonly endpoint: KeptWebhookEndpoint;
  readonly delivery: KeptDelivery;
  readonly due: DueRow;
}

interface Open {
  readonly waiting: Waiting[];
  chars: number;
  readonly cancel: () => void;
}

/** Deliveries of a partition that wait to go together, by endpoint: until there are enough, or the first waited long enough. */
export class Batching {
  readonly #clock: Timers;
  readonly #full: (together: Waiting[]) => void;
  readonly #open = new Map<string, Open>();

  constructor(clock: Timers, full: (together: Waiting[]) => void) {
    this.#clock = clock;
    this.#full = full;
  }

  add(one: Waiting): void {
    const { tenantId, endpointId, body } = one.delivery;
    const { batch } = one.endpoint;
    const key = `${tenantId}/${endpointId}`;
    if ((this.#open.get(key)?.chars ?? 0) + body.length > limits.webhookBatchCharsMax) this.#close(key);
    const open = this.#open.get(key) ?? this.#begin(key, batch?.maxWaitMs ?? 0);
    open.waiting.push(one);
    open.chars += body.length;
    if (open.waiting.length >= (batch?.maxEvents ?? 1)) this.#close(key);
  }

  /** @returns what waits still. */
  stop(): Waiting[] {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { cancel } of open) cancel();
    return open.flatMap(({ waiting }) => waiting);
  }

  #begin(key: string, waitMs: number): Open {
    const cancel = this.#clock.after(waitMs, () => this.#close(key));
    const open: Open = { waiting: [], chars: 0, cancel };
    this.#open.set(key, open);
    return open;
  }

  #close(key: string): void {
    const open = this.#open.get(key);
    if (open === undefined) return;
    open.cancel();
    this.#open.delete(key);
    if (open.waiting.length > 0) this.#full(open.waiting);
  }
}

/**
 * The delivery by which others go. It names them, and is made of what they say when it is sent. Its id is its own: what
 * goes by it never changes, so neither does that.
 */
export function batchOf(together: readonly WebhookDeliveryRow[], nowMs: number): KeptDelivery {
  const [{ tenantId, endpointId, partition }] = together as [WebhookDeliveryRow];
  const deliveryIds = inOrderOfRooms(together).map(({ deliveryId }) => deliveryId);
  const at = rfc3339(nowMs);
  return {
    tenantId,
    deliveryId: deliveryIdFor(nowMs, deliveryIds),
    endpointId,
    eventId: `bat_${hash("sha256", [at, ...deliveryIds].join("\n"), "base64url").slice(0, 22)}`,
    eventType: webhookBatch,
    roomId: null,
    seq: null,
    partition,
    createdAt: at,
    body: JSON.stringify({ type: webhookBatch, tenantId, endpointId, at, deliveryIds }),
    previousId: null,
    progress: freshProgress,
  };
}

/**
 * Which of them may go by one batch: those that wait for nothing, and those that wait for one that goes with them. So a
 * batch never waits once it is made, and no two can wait for each other, whatever of a room is replayed meanwhile.
 *
 * @param before what they wait for, as the store has it.
 * @returns the others by when to look again.
 */
export function inTurn(
  together: readonly Waiting[],
  before: readonly (KeptDelivery | null)[],
): { readonly now: readonly Waiting[]; readonly later: ReadonlyMap<Waiting, number> } {
  const byId = new Map(together.map((one) => [one.delivery.deliveryId, one]));
  const open = new Map(before.flatMap((one) => (one !== null && isOpen(one) ? [[one.deliveryId, one]] : [])));
  const now = new Set<Waiting>();
  const later = new Map<Waiting, number>();
  for (const { deliveryId, previousId } of inOrderOfRooms(together.map(({ delivery }) => delivery))) {
    const one = byId.get(deliveryId) as Waiting;
    const beside = byId.get(previousId ?? "");
    const ahead = open.get(previousId ?? "");
    if (beside === undefined ? ahead === undefined : now.has(beside)) now.add(one);
    else if (beside !== undefined) later.set(one, later.get(beside) ?? 0);
    else if (ahead !== undefined) later.set(one, nextTryMs(ahead) + limits.webhookAfterOtherMs);
  }
  return { now: [...now], later };
}

/** Those that were read again, after a hand-over say, do not come in it. */
function inOrderOfRooms<Row extends WebhookDeliveryRow>(rows: readonly Row[]): Row[] {
  const byRoom = Map.groupBy(rows, ({ roomId }) => roomId);
  return [...byRoom.values()].flatMap((room) => room.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0)));
}

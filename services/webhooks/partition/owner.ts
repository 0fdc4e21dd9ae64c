import type { Clock, Timers } from "#shared/clock.ts";
import type { DeadLetters } from "#shared/dead-letters/dead-letters.ts";
import type { Batch } from "#shared/log/log.ts";
import {
  type DueRow,
  freshProgress,
  type KeptDelivery,
  type WebhookDeliveryRow,
} from "#shared/store/webhook-deliveries.ts";
import type { KeptWebhookEndpoint, WebhookStore } from "#shared/store/webhook-store.ts";
import { idsIn, isBatch, isUnsent } from "../batch-body.ts";
import { DerivedEvents, type RoomReads } from "../derived/derived-events.ts";
import { reportedIn } from "../derived/reported.ts";
import { isTimer } from "../derived/timers.ts";
import type { EndpointDirectory } from "../endpoint/directory.ts";
import type { Lines } from "../endpoint/lines.ts";
import type { WebhooksMetrics } from "../metrics.ts";
import type { Tries } from "../tries.ts";
import { Batches } from "./batches.ts";
import type { Waiting } from "./batching.ts";
import { DueScan } from "./due-scan.ts";
import { Erasing } from "./erasing.ts";
import { deliveriesOf, readEvents, withEndpoints } from "./events.ts";
import { InHand } from "./in-hand.ts";
import { type JobsDeps, readJobs } from "./jobs.ts";
import { Recorder } from "./recorder.ts";
import { begunAnew, dueRowOf, rowOf } from "./rows.ts";
import { Seen } from "./seen.ts";
import { Tails } from "./tails.ts";

export interface OwnerDeps {
  readonly store: WebhookStore;
  readonly rooms: RoomReads;
  readonly clock: Clock & Timers;
  readonly directory: EndpointDirectory;
  readonly lines: Lines;
  readonly jobs: Omit<JobsDeps, "partition">;
  readonly tries: Tries;
  readonly metrics: WebhooksMetrics;
  readonly deadLetters: Pick<DeadLetters, "add">;
}

interface Planned extends Waiting {
  /** It is in hand: with a place in its endpoint's line, or until others go with it. */
  readonly held: boolean;
}

/**
 * The deliveries of one partition. Its events become rows in the store before their offset is committed; then each is
 * tried, here and now where its endpoint's line has a place, and when it is due from the store where not.
 *
 * Whatever is due up to where the store was read is either in `#inHand`, or done, or was put off.
 */
export class PartitionOwner {
  readonly #deps: OwnerDeps;
  readonly #partition: number;
  readonly #recorder: Recorder;
  readonly #tails: Tails;
  readonly #seen: Seen;
  readonly #derived: DerivedEvents;
  readonly #erasing: Erasing;
  readonly #inHand: InHand;
  readonly #batches: Batches;
  readonly #scan: DueScan;

  constructor(deps: OwnerDeps, partition: number) {
    this.#deps = deps;
    this.#partition = partition;
    this.#recorder = new Recorder({ ...deps, partition });
    this.#tails = new Tails(deps.store);
    this.#seen = new Seen(deps.store);
    this.#derived = new DerivedEvents(deps, partition);
    this.#erasing = new Erasing(deps.store);
    const notice = (due: DueRow) => this.#scan.notice(due);
    this.#inHand = new InHand({
      ...deps,
      recorder: this.#recorder,
      bodyOf: (delivery) => this.#erasing.bodyOf(delivery),
      notice,
    });
    this.#batches = new Batches({ ...deps, inHand: this.#inHand, notice }, partition);
    this.#scan = new DueScan(deps, partition, {
      handle: (rows) => this.#handle(rows),
      oldestMs: () => Math.min(this.#derived.oldestMs, this.#recorder.oldestMs, this.#inHand.oldestMs),
    });
  }

  /** What others left is found from the mark on. */
  async caughtUp(): Promise<void> {
    await this.#scan.start();
  }

  async process(batch: Batch): Promise<void> {
    if (batch.topic === this.#deps.jobs.topic) await this.#processJobs(batch);
    else await this.#processEvents(batch);
  }

  async #processEvents({ topic, partition, records }: Batch): Promise<void> {
    const { events, unreadable } = readEvents(records);
    await this.#deps.deadLetters.add({ topic, partition }, unreadable);
    const takenBack = await this.#erasing.takenBack(events.map(({ event }) => event));
    const wanted = await withEndpoints(this.#deps.directory, events);
    const replies = await this.#derived.repliesIn(wanted);
    const made = await this.#seen.look([...deliveriesOf(wanted, this.#partition), ...replies]);
    await this.#begin(made);
    const timers = this.#derived.timersOf(wanted);
    if (timers.length > 0) await this.#deps.store.changeDue(this.#partition, { add: timers });
    this.#derived.note(timers);
    this.#seen.note(made);
    for (const timer of timers) this.#scan.notice(timer);
    await this.#erasing.empty(takenBack);
  }

  revoked(): void {
    this.#inHand.revoked();
    this.#scan.stop();
    this.#batches.stop();
    this.#recorder.stop();
  }

  /** A job that is given again is done again: it may repeat what it asked for, under the same ids. */
  async #processJobs({ topic, partition, records }: Batch): Promise<void> {
    const { jobs, directory, deadLetters, store, clock } = this.#deps;
    const { made, reports, again, unreadable } = await readJobs(
      { ...jobs, partition: this.#partition },
      records,
    );
    await deadLetters.add({ topic, partition }, unreadable);
    const tests = await Promise.all(
      made.map(async (row) => ({
        row,
        endpoint: await directory.find(row.tenantId, row.endpointId),
        kept: null,
        atMs: clock.nowMs(),
      })),
    );
    await this.#begin(
      tests.flatMap((each) => (each.endpoint === null ? [] : [{ ...each, endpoint: each.endpoint }])),
    );

    await this.#begin(await this.#seen.look(await reportedIn(this.#deps, reports, this.#partition)));

    // What is in memory is tried as it is.
    const rows = again.filter(({ deliveryId }) => !this.#inHand.has(deliveryId));
    if (rows.length === 0) return;
    await store.setProgress(rows.map(begunAnew));
    // Each at a time of its own, in their order.
    const due = rows.map((row, index) => dueRowOf(row, clock.nowMs() + index));
    await store.changeDue(this.#partition, { add: due });
    for (const row of due) this.#scan.notice(row);
  }

  /** One that has failed is due later, and in the store as that. */
  #isDone({ kept, row }: { kept: KeptDelivery | null; row: WebhookDeliveryRow }): boolean {
    return (kept !== null && kept.progress.status !== "pending") || this.#inHand.has(row.deliveryId);
  }

  async #begin(
    made: readonly {
      endpoint: KeptWebhookEndpoint;
      row: WebhookDeliveryRow;
      kept: KeptDelivery | null;
      atMs: number;
    }[],
  ): Promise<void> {
    if (made.length === 0) return;
    const { store, clock, lines } = this.#deps;
    const nowMs = clock.nowMs();
    const planned: Planned[] = [];
    const unwanted: KeptDelivery[] = [];
    const tails = this.#tails.begin();
    try {
      for (const { endpoint, row, kept } of made) {
        // Also past what is done: the next one of its room waits for that.
        const follows = endpoint.ordered ? await tails.follow(row) : null;
        if (kept !== null && (await this.#batches.has(kept))) continue;
        // From here on nothing is waited for until it is in hand.
        if (this.#isDone({ row, kept })) continue;
        const previousId = kept === null ? follows : kept.previousId;
        // What is kept of one that is made again may say other than it would now.
        const delivery = { ...(kept ?? row), previousId, progress: kept?.progress ?? freshProgress };
        if (endpoint.disabled !== null) {
          const progress = { ...freshProgress, status: "exhausted" } as const;
          unwanted.push({ ...delivery, progress });
          continue;
        }
        const line = lines.of(row.tenantId, row.endpointId);
        line.pace = endpoint;
        const { batch } = endpoint;
        const due = dueRowOf(row, nowMs + (batch?.maxWaitMs ?? 0));
        const held = batch === null ? this.#inHand.admit(delivery, due) : this.#inHand.keep(delivery, due);
        const dueMs = held || batch !== null ? due.dueMs : line.putOffMs();
        planned.push({ endpoint, delivery, held, due: { ...due, dueMs } });
      }
      const due = { partition: this.#partition, rows: planned.map((each) => each.due) };
      await store.addDeliveries(
        [...planned.map(({ delivery }) => rowOf(delivery)), ...unwanted.map(rowOf)],
        due,
      );
      if (unwanted.length > 0) await store.setProgress(unwanted);
      await tails.write();
    } catch (error) {
      for (const { held, endpoint, delivery } of planned) {
        if (held && endpoint.batch === null) this.#inHand.release(delivery);
        else if (held) this.#inHand.letGo(delivery);
      }
      throw error;
    }
    const arrivedMs = new Map(made.map(({ row, atMs }) => [row.deliveryId, atMs]));
    for (const { endpoint, delivery, due, held } of planned) {
      if (!held) this.#scan.notice(due);
      else if (endpoint.batch !== null) this.#batches.add({ endpoint, delivery, due });
      else this.#inHand.take(delivery, due, arrivedMs.get(delivery.deliveryId));
    }
  }

  async #handle(rows: readonly DueRow[]): Promise<void> {
    const open = rows.filter((row) => !this.#recorder.isDone(row));
    const [timers, others] = [open.filter(isTimer), open.filter((row) => !isTimer(row))];
    if (others.length > 0) await this.#handleDeliveries(others);
    if (timers.length === 0) return;
    const set = await this.#derived.fire(timers, async (made) => this.#begin(await this.#seen.look(made)));
    for (const timer of set) this.#scan.notice(timer);
  }

  async #handleDeliveries(rows: readonly DueRow[]): Promise<void> {
    const { store, lines } = this.#deps;
    const [mine, doubled] = [[] as DueRow[], [] as DueRow[]];
    for (const row of rows) {
      const held = this.#inHand.dueOf(row.deliveryId);
      if (held === undefined) mine.push(row);
      // One that is due later may be being written, for what is in hand is tried again then.
      else if (row.dueMs < held.dueMs) doubled.push(row);
    }
    const added: DueRow[] = [];
    const places = new Map<DueRow, boolean>();
    for (const row of mine) {
      const line = lines.of(row.tenantId, row.endpointId);
      const admitted = line.admit();
      places.set(row, admitted);
      if (!admitted) added.push({ ...row, dueMs: line.putOffMs() });
    }
    const admitted = mine.filter((row) => places.get(row) === true);
    let known: (KeptDelivery | null)[];
    let endpoints: ReadonlyMap<string, KeptWebhookEndpoint | null>;
    try {
      const removed = [...doubled, ...mine.filter((row) => places.get(row) === false)];
      if (removed.length > 0) await store.changeDue(this.#partition, { add: added, remove: removed });
      // Before the deliveries: nothing may come between what is read of those and their being in hand.
      endpoints = await this.#endpointsOf(admitted);
      known = admitted.length === 0 ? [] : await store.getDeliveries(admitted);
    } catch (error) {
      for (const { tenantId, endpointId } of admitted) lines.of(tenantId, endpointId).giveBack();
      throw error;
    }
    await Promise.all(
      admitted.map((row, index) =>
        this.#resume(row, known[index] ?? null, endpoints.get(keyOf(row)) ?? null),
      ),
    );
    for (const row of added) this.#scan.notice(row);
  }

  async #endpointsOf(rows: readonly DueRow[]): Promise<ReadonlyMap<string, KeptWebhookEndpoint | null>> {
    const each = new Map(rows.map((row) => [keyOf(row), row]));
    const found = await Promise.all(
      [...each].map(async ([key, { tenantId, endpointId }]) => {
        return [key, await this.#deps.directory.find(tenantId, endpointId)] as const;
      }),
    );
    return new Map(found);
  }

  /** Goes on with a delivery for which a place was kept, as far as there is something to go on with. */
  async #resume(
    row: DueRow,
    delivery: KeptDelivery | null,
    endpoint: KeptWebhookEndpoint | null,
  ): Promise<void> {
    const { lines } = this.#deps;
    const line = lines.of(row.tenantId, row.endpointId);
    let isOver: boolean;
    try {
      isOver = delivery === null || !this.#isDue(row, delivery) || (await this.#batches.has(delivery));
    } catch (error) {
      line.giveBack();
      throw error;
    }
    // Two readings may have come to it; by now the other may be through with it.
    if (this.#inHand.has(row.deliveryId) || this.#recorder.isDone(row)) return line.giveBack();
    if (delivery === null || isOver) {
      line.giveBack();
      await this.#recorder.record({ ...row, progress: null, add: null, remove: row });
      return;
    }
    if (endpoint !== null) line.pace = endpoint;
    const goesAlone = endpoint === null || endpoint.batch === null || isBatch(delivery);
    const isKept = !this.#isGathered(delivery) && this.#inHand.keep(delivery, row);
    if (goesAlone && isKept) return this.#inHand.take(delivery, row);
    line.giveBack();
    if (goesAlone || !isKept) await this.#inHand.putOff(row);
    else this.#batches.add({ endpoint, delivery, due: row });
  }

  /** A batch that the owner before was writing, of what waits here to go by another: by which it goes is seen then. */
  #isGathered(delivery: KeptDelivery): boolean {
    return isBatch(delivery) && isUnsent(delivery) && idsIn(delivery).some((id) => this.#inHand.has(id));
  }

  #isDue({ dueMs }: DueRow, { progress: { status, nextAttemptAt } }: KeptDelivery): boolean {
    const isLater =
      nextAttemptAt !== null && Date.parse(nextAttemptAt) > Math.max(dueMs, this.#deps.clock.nowMs());
    return (status === "pending" || status === "failed") && !isLater;
  }
}

function keyOf({ tenantId, endpointId }: DueRow): string {
  return `${tenantId}/${endpointId}`;
}

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
import { DerivedEvents, type RoomReads } from "../derived/derived-events.ts";
import { reportedIn } from "../derived/reported.ts";
import { isTimer } from "../derived/timers.ts";
import type { EndpointDirectory } from "../endpoint/directory.ts";
import type { Lines } from "../endpoint/lines.ts";
import type { WebhooksMetrics } from "../metrics.ts";
import type { Tries } from "../tries.ts";
import { DueScan } from "./due-scan.ts";
import { Erasing } from "./erasing.ts";
import { deliveriesOf, readEvents, withEndpoints } from "./events.ts";
import { type JobsDeps, readJobs } from "./jobs.ts";
import { Recorder } from "./recorder.ts";
import { begunAnew, dueRowOf, oldestOf, rowOf } from "./rows.ts";
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

interface Planned {
  readonly delivery: KeptDelivery;
  readonly due: DueRow;
  /** It has a place in its endpoint's line. */
  readonly admitted: boolean;
}

/**
 * The deliveries of one partition. Its events become rows in the store before their offset is committed; then each is
 * tried, here and now where its endpoint's line has a place, and when it is due from the store where not.
 *
 * Whatever is due up to where the store was read is either in `#held`, or done, or was put off.
 */
export class PartitionOwner {
  readonly #deps: OwnerDeps;
  readonly #partition: number;
  readonly #recorder: Recorder;
  readonly #tails: Tails;
  readonly #seen: Seen;
  readonly #derived: DerivedEvents;
  readonly #erasing: Erasing;
  /** Deliveries in memory, and as what they are due in the store. */
  readonly #held = new Map<string, DueRow>();
  readonly #scan: DueScan;
  #isOurs = true;

  constructor(deps: OwnerDeps, partition: number) {
    this.#deps = deps;
    this.#partition = partition;
    this.#recorder = new Recorder({ ...deps, partition });
    this.#tails = new Tails(deps.store);
    this.#seen = new Seen(deps.store);
    this.#derived = new DerivedEvents(deps, partition);
    this.#erasing = new Erasing(deps.store);
    this.#scan = new DueScan(deps, partition, {
      handle: (rows) => this.#handle(rows),
      oldestMs: () =>
        Math.min(this.#derived.oldestMs, this.#recorder.oldestMs, oldestOf(this.#held.values())),
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
    this.#isOurs = false;
    this.#scan.stop();
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
    const rows = again.filter(({ deliveryId }) => !this.#held.has(deliveryId));
    if (rows.length === 0) return;
    await store.setProgress(rows.map(begunAnew));
    // Each at a time of its own, in their order.
    const due = rows.map((row, index) => dueRowOf(row, clock.nowMs() + index));
    await store.changeDue(this.#partition, { add: due });
    for (const row of due) this.#scan.notice(row);
  }

  /** One that has failed is due later, and in the store as that. */
  #isDone({ kept, row }: { kept: KeptDelivery | null; row: WebhookDeliveryRow }): boolean {
    return (kept !== null && kept.progress.status !== "pending") || this.#held.has(row.deliveryId);
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
        if (this.#isDone({ row, kept })) continue;
        const previousId = kept === null ? follows : kept.previousId;
        // What is kept of one that is made again may say other than it would now.
        const delivery = { ...(kept ?? row), previousId, progress: freshProgress };
        if (endpoint.disabled !== null) {
          const progress = { ...freshProgress, status: "exhausted" } as const;
          unwanted.push({ ...delivery, progress });
          continue;
        }
        const line = lines.of(row.tenantId, row.endpointId);
        line.pace = endpoint;
        const admitted = this.#admit(delivery);
        const dueMs = admitted ? nowMs : line.putOffMs();
        planned.push({ delivery, admitted, due: dueRowOf(row, dueMs) });
      }
      const due = { partition: this.#partition, rows: planned.map((each) => each.due) };
      await store.addDeliveries(
        [...planned.map(({ delivery }) => rowOf(delivery)), ...unwanted.map(rowOf)],
        due,
      );
      if (unwanted.length > 0) await store.setProgress(unwanted);
      await tails.write();
    } catch (error) {
      for (const { admitted, delivery } of planned) if (admitted) this.#release(delivery);
      throw error;
    }
    const arrivedMs = new Map(made.map(({ row, atMs }) => [row.deliveryId, atMs]));
    for (const { delivery, due, admitted } of planned) {
      if (admitted) this.#take(delivery, due, arrivedMs.get(delivery.deliveryId));
      else this.#scan.notice(due);
    }
  }

  #admit(delivery: WebhookDeliveryRow): boolean {
    const { lines } = this.#deps;
    const line = lines.of(delivery.tenantId, delivery.endpointId);
    if (!line.admit()) return false;
    if (lines.hold(delivery.body.length)) return true;
    line.giveBack();
    return false;
  }

  /** The place in the line is the line's to free once it was taken. */
  #release(delivery: WebhookDeliveryRow): void {
    this.#deps.lines.of(delivery.tenantId, delivery.endpointId).giveBack();
    this.#deps.lines.release(delivery.body.length);
  }

  /** @param arrivedMs when the log took its event; of a first try. */
  #take(taken: KeptDelivery, takenDue: DueRow, arrivedMs?: number): void {
    const { lines, tries, metrics, clock } = this.#deps;
    const { deliveryId, previousId } = taken;
    const line = lines.of(taken.tenantId, taken.endpointId);
    let [delivery, due, firstOfMs] = [taken, takenDue, arrivedMs];
    this.#held.set(deliveryId, due);
    const settle = async (
      progress: KeptDelivery["progress"] | null,
      nextMs: number | null,
      stays: boolean,
    ) => {
      const add = nextMs === null ? null : dueRowOf(delivery, nextMs);
      await this.#recorder.record({ ...delivery, progress, add, remove: due });
      if (stays && add !== null) {
        [delivery, due] = [{ ...delivery, progress: progress ?? delivery.progress }, add];
        this.#held.set(deliveryId, due);
        return;
      }
      this.#held.delete(deliveryId);
      lines.release(delivery.body.length);
      if (add !== null) this.#scan.notice(add);
    };
    line.take({
      deliveryId,
      createdMs: Date.parse(delivery.createdAt),
      previousId,
      isOurs: () => {
        if (this.#isOurs) return true;
        lines.release(delivery.body.length);
        return false;
      },
      run: async () => {
        if (firstOfMs !== undefined) metrics.firstAttemptSeconds.observe((clock.nowMs() - firstOfMs) / 1_000);
        firstOfMs = undefined;
        const { progress, nextMs, call } = await tries.once({
          ...delivery,
          body: this.#erasing.bodyOf(delivery),
        });
        const stays = nextMs !== null && line.keeps(deliveryId, nextMs);
        await settle(progress, nextMs, stays);
        return { over: nextMs === null, nextMs: nextMs ?? 0, stays, call };
      },
      putOff: (untilMs) => void settle(null, untilMs, false),
    });
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
      const held = this.#held.get(row.deliveryId);
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
    try {
      const removed = [...doubled, ...mine.filter((row) => places.get(row) === false)];
      if (removed.length > 0) await store.changeDue(this.#partition, { add: added, remove: removed });
      known = admitted.length === 0 ? [] : await store.getDeliveries(admitted);
    } catch (error) {
      for (const { tenantId, endpointId } of admitted) lines.of(tenantId, endpointId).giveBack();
      throw error;
    }
    for (const [index, row] of admitted.entries()) await this.#resume(row, known[index] ?? null);
    for (const row of added) this.#scan.notice(row);
  }

  /** Goes on with a delivery for which a place was kept, as far as there is something to go on with. */
  async #resume(row: DueRow, delivery: KeptDelivery | null): Promise<void> {
    const { lines, clock } = this.#deps;
    const line = lines.of(row.tenantId, row.endpointId);
    const nextAt = delivery?.progress.nextAttemptAt ?? null;
    const isLater = nextAt !== null && Date.parse(nextAt) > Math.max(row.dueMs, clock.nowMs());
    const isOpen = delivery?.progress.status === "pending" || delivery?.progress.status === "failed";
    if (delivery === null || !isOpen || isLater || this.#held.has(row.deliveryId)) {
      line.giveBack();
      if (this.#held.has(row.deliveryId)) return;
      await this.#recorder.record({ ...row, progress: null, add: null, remove: row });
      return;
    }
    if (!lines.hold(delivery.body.length)) {
      line.giveBack();
      const later = { ...row, dueMs: line.putOffMs() };
      await this.#recorder.record({ ...row, progress: null, add: later, remove: row });
      this.#scan.notice(later);
      return;
    }
    this.#take(delivery, row);
  }
}

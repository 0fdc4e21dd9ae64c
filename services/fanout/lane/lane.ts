import type { Clock, Timers } from "#shared/clock.ts";
import type { DeadLetters } from "#shared/dead-letters/dead-letters.ts";
import type { DeadRecord } from "#shared/dead-letters/letter-records.ts";
import type { Batch, EventLog, LogRecord, PartitionHandler } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { UserCommand } from "#shared/protocol/commands.ts";
import type { RoomWrite, Store } from "#shared/store/store.ts";
import type { FanoutMetrics } from "../metrics.ts";
import {
  type CommandBatch,
  type CommandsOfRoom,
  inParts,
  type OnUnreadable,
  readCommands,
} from "./command-reader.ts";
import { DueRooms } from "./due-rooms.ts";
import { emitOutcome } from "./emit.ts";
import { lookUpFacts } from "./facts.ts";
import { InterestRouter } from "./interest-router.ts";
import { withLastReceipts } from "./last-receipts.ts";
import type { MessageRows } from "./message-rows.ts";
import { Outgoing } from "./outgoing.ts";
import { replayed } from "./replay.ts";
import { keepReports } from "./reports.ts";
import { type Outcome, RoomBatch } from "./room-batch.ts";
import { RoomCache } from "./room-cache.ts";
import { SignalRouter } from "./signal-router.ts";
import type { Turns } from "./turns.ts";

/** Times that a room is loaded again as the store is ahead of memory: a writer that is replaced is so at most once. */
const reloadsMax = 3;

export interface LaneDeps {
  readonly log: Pick<EventLog, "append">;
  readonly store: Store;
  readonly topics: Topics;
  readonly metrics: FanoutMetrics;
  readonly deadLetters: Pick<DeadLetters, "add">;
  readonly logger: { error(fields: object, message: string): void };
  readonly clock: Clock & Timers;
  /** These two: of all lanes of a node. */
  readonly turns: Turns;
  readonly messages: MessageRows;
}

/**
 * One partition of `commands`, `interest` and `signals`: the single writer of its rooms, and the router of what they emit.
 * For each batch, in this order, always: load, apply, persist, emit; the log commits when `process` resolves.
 */
export class Lane implements PartitionHandler {
  readonly #deps: LaneDeps;
  readonly #partition: number;
  readonly #epoch: number;
  readonly #interest: InterestRouter;
  readonly #signals: SignalRouter;
  readonly #rooms: RoomCache;
  readonly #due: DueRooms;
  /** The log's time, as far as this partition has shown it. */
  #logMs = 0;

  constructor(deps: LaneDeps, options: { partition: number; epoch: number }) {
    this.#deps = deps;
    this.#partition = options.partition;
    this.#epoch = options.epoch;
    this.#rooms = new RoomCache(deps.store, deps.messages);
    const rooms = this.#rooms;
    this.#interest = new InterestRouter({ ...deps, rooms }, options.partition);
    this.#signals = new SignalRouter({ ...deps, rooms, interest: this.#interest });
    this.#due = new DueRooms({ ...deps, rooms }, options.partition);
  }

  async caughtUp(): Promise<void> {
    this.#interest.caughtUp();
    this.#due.start();
  }

  async process(batch: Batch): Promise<void> {
    const { topic, partition, records } = batch;
    const dead: DeadRecord[] = [];
    const onUnreadable = (record: LogRecord, error: unknown) =>
      void dead.push({ record, reason: "unreadable", error });
    const { topics } = this.#deps;
    this.#logMs = Math.max(this.#logMs, records.at(-1)?.timestampMs ?? 0);
    if (topic === topics.interest) await this.#interest.process(records, onUnreadable);
    else if (topic === topics.signals) this.#signals.process(records, this.#logMs);
    else await this.#processCommands(records, onUnreadable);
    // Before the batch counts as processed, and after all else, as a batch that fails is given again.
    await this.#deps.deadLetters.add({ topic, partition }, dead);
  }

  /** A record was passed over half-way: what memory has of the rooms may be less than what was written of them. */
  forgetRooms(): void {
    this.#rooms.clear();
  }

  revoked(): void {
    this.#interest.revoked();
    this.#due.stop();
    this.#deps.metrics.roomsInMemory.remove({ partition: String(this.#partition) });
  }

  async #processCommands(records: readonly LogRecord[], onUnreadable: OnUnreadable): Promise<void> {
    for (const part of inParts(readCommands(records, onUnreadable))) await this.#processPart(part);
  }

  async #processPart(commands: CommandBatch): Promise<void> {
    const { log, store, topics, metrics } = this.#deps;
    const rooms = await this.#load(commands);

    const outcomes = rooms.flatMap(({ batch, entries }) => entries.map((entry) => batch.apply(entry)));
    const writes = rooms
      .map(({ batch }) => batch.write({ epoch: this.#epoch, partition: this.#partition }))
      .filter((write) => write !== null);
    await keepReports({ store, log, topics }, outcomes);
    await this.#persist(writes);

    const outgoing = new Outgoing(topics);
    const replays = rooms.flatMap(({ replays }) => replays);
    for (const outcome of withLastReceipts([...replays, ...outcomes])) {
      await emitOutcome({ store, interest: this.#interest, outgoing }, outcome);
    }
    for (const command of commands.users) this.#routeToUser(command, outgoing);
    const stopEmit = metrics.emitSeconds.startTimer();
    const emitted = outgoing.records();
    if (emitted.length > 0) await log.append(emitted);
    stopEmit();
    for (const [type, count] of outgoing.items) metrics.deliveries.inc({ type }, count);

    for (const { batch } of rooms) {
      this.#rooms.set(batch.tenantId, batch.roomId, batch.commit(this.#epoch));
    }
    for (const { tenantId, head, due } of writes) if (due !== null) this.#due.set(tenantId, head);
    this.#count(outcomes, replays.length);
  }

  /** Loads every room of the batch and sets apart the commands that it had applied before. */
  async #load(commands: CommandBatch) {
    return Promise.all([...commands.rooms.values()].map((room) => this.#loadRoom(room)));
  }

  async #loadRoom({ tenantId, roomId, entries }: CommandsOfRoom) {
    const { store } = this.#deps;
    for (let reloads = 0; reloads <= reloadsMax; reloads++) {
      const loaded = await this.#rooms.load(tenantId, roomId);
      const applied = loaded.state?.head.position ?? -1;
      const fresh = entries.filter(({ position }) => position > applied);
      const old =
        entries.length === fresh.length ? [] : entries.filter(({ position }) => position <= applied);
      const facts = await lookUpFacts(store, { tenantId, roomId, loaded }, fresh);
      if (facts === null) {
        this.#rooms.forget(tenantId, roomId);
        continue;
      }
      return {
        batch: new RoomBatch(tenantId, roomId, loaded, facts),
        entries: fresh,
        replays: loaded.state === null ? [] : await replayed(store, loaded.state, old),
      };
    }
    throw new Error("the store is ahead of what it says of the room itself");
  }

  async #persist(writes: readonly RoomWrite[]): Promise<void> {
    if (writes.length === 0) return;
    const stop = this.#deps.metrics.persistSeconds.startTimer();
    await this.#deps.store.writeRooms(writes);
    stop();
  }

  #routeToUser(command: UserCommand, outgoing: Outgoing): void {
    const { tenantId, userId } = command;
    const wanting = this.#interest.wanting(tenantId, "user", userId);
    outgoing.deliver(
      wanting,
      command.type === "user.joined"
        ? { type: "joined", tenantId, userId, roomId: command.roomId, seq: command.seq }
        : { type: "revoked", tenantId, userId, before: command.at },
    );
  }

  #count(outcomes: readonly Outcome[], replays: number): void {
    const { metrics } = this.#deps;
    for (const { command, decision } of outcomes) {
      const outcome = decision.kind === "refused" ? decision.code : decision.kind;
      metrics.commands.inc({ type: command.type, outcome });
    }
    if (replays > 0) metrics.replayedCommands.inc(replays);
    metrics.roomsInMemory.set({ partition: String(this.#partition) }, this.#rooms.size);
  }
}

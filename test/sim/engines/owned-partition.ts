import { limits } from "#shared/limits.ts";
import type { LogRecord, PartitionHandler, Subscription } from "#shared/log/log.ts";
import { Signal } from "#shared/log/signal.ts";
import type { Machine } from "../machine.ts";
import type { Group } from "./group.ts";
import type { MemoryLog, World } from "./memory-log.ts";

interface Of {
  readonly group: Group;
  readonly machine: Machine;
  readonly subscription: Subscription;
  readonly partition: number;
}

/** Gives one partition's records to the handler of its owner: at least once, in order, one batch at a time. */
export class OwnedPartition {
  readonly #log: MemoryLog;
  readonly #world: World;
  readonly #of: Of;
  readonly #positions = new Map<string, number>();
  readonly #signal = new Signal();
  readonly #unwatch: (() => void)[];
  readonly #ended: Promise<void>;
  #stopped = false;
  #fenced = false;
  /** While it does not know that it was replaced, it is given nothing new. */
  #held = false;
  #commitIsDue = false;

  constructor(log: MemoryLog, world: World, of: Of) {
    this.#log = log;
    this.#world = world;
    this.#of = of;
    this.#unwatch = of.subscription.topics.map(({ name }) =>
      log.watch(name, of.partition, () => this.#signal.wake()),
    );
    this.#ended = this.#run();
  }

  /** Resolves after the batch in hand, and never where the machine has died. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#signal.wake();
    return this.#ended;
  }

  /** It is another's now: what it commits from here on counts for nothing. */
  fence({ goesOn }: { readonly goesOn: boolean }): void {
    this.#fenced = true;
    this.#held = !goesOn;
  }

  async #run(): Promise<void> {
    const { machine, subscription, partition, group } = this.#of;
    const { weather } = this.#world;
    await machine.sleep(weather.delayMs(5));
    const handler = subscription.assign(partition);
    for (const { name, start } of subscription.topics) {
      if (start === "replayed") await this.#replay(handler, name);
      else this.#positions.set(name, group.committed(name, partition));
    }
    await this.#insist(() => handler.caughtUp());
    while (!this.#stopped) {
      let idle = true;
      for (const { name } of subscription.topics) idle = !(await this.#next(handler, name)) && idle;
      if (idle && !this.#stopped) {
        await this.#signal.wait();
        await machine.sleep(weather.delayMs(4));
      }
    }
    for (const unwatch of this.#unwatch) unwatch();
    this.#commit();
    handler.revoked();
  }

  /** All that the topic holds now, or of each key the newest: when it was compacted is nobody's business. */
  async #replay(handler: PartitionHandler, topic: string): Promise<void> {
    const { machine, partition } = this.#of;
    const { weather } = this.#world;
    const all = this.#log.records(topic, partition).slice();
    this.#positions.set(topic, all.length);
    const newest = new Map(all.map((record) => [record.key, record]));
    const records = weather.chance(0.5) ? all : all.filter((record) => newest.get(record.key) === record);
    for (let at = 0; at < records.length && !this.#stopped; ) {
      await machine.sleep(weather.delayMs(4));
      const some = records.slice(at, at + 1 + weather.below(records.length));
      await this.#insist(() =>
        handler.process({ topic, partition, records: some, behind: records.length - at - some.length }),
      );
      at += some.length;
    }
  }

  async #next(handler: PartitionHandler, topic: string): Promise<boolean> {
    const { machine, partition } = this.#of;
    let given: readonly LogRecord[] = [];
    const isDone = await this.#insist(async () => {
      const there = this.#log.records(topic, partition).slice(this.#positions.get(topic) ?? 0);
      const count = this.#world.weather.chance(0.5)
        ? there.length
        : this.#world.weather.below(there.length) + 1;
      given = there.slice(0, Math.min(count, limits.laneBatchRecordsMax));
      const behind = there.length - given.length;
      if (given.length > 0) await handler.process({ topic, partition, records: given, behind });
    });
    const last = given.at(-1);
    if (!isDone || last === undefined) return false;
    this.#positions.set(topic, last.offset + 1);
    this.#commitLater();
    await machine.sleep(0.5);
    return true;
  }

  /** Returns whether it was done, and not given up. */
  async #insist(work: () => Promise<void>): Promise<boolean> {
    const { machine, partition } = this.#of;
    const { weather, trace } = this.#world;
    while (!this.#stopped) {
      if (this.#held) {
        await machine.sleep(limits.laneRetryMsMin);
        continue;
      }
      try {
        await work();
        return true;
      } catch (error) {
        trace.note(machine.name, () => `tries partition ${partition} again: ${error}`);
        await machine.sleep(weather.delayMs(limits.laneRetryMsMin * 2));
      }
    }
    return false;
  }

  #commitLater(): void {
    const { machine } = this.#of;
    if (!machine.reached("commit due") || this.#commitIsDue) return;
    this.#commitIsDue = true;
    machine.after(this.#world.weather.below(limits.offsetCommitMs), () => {
      this.#commitIsDue = false;
      this.#commit();
    });
  }

  #commit(): void {
    if (this.#fenced) return;
    const { group, subscription, partition } = this.#of;
    for (const { name, start } of subscription.topics) {
      const position = this.#positions.get(name);
      if (start === "committed" && position !== undefined) group.commit(name, partition, position);
    }
  }
}

import type { Batch, Running } from "#shared/log/log.ts";
import { Signal } from "#shared/log/signal.ts";
import type { Machine } from "../machine.ts";
import type { MemoryLog, World } from "./memory-log.ts";

const usualMs = 5;

interface Of {
  readonly machine: Machine;
  readonly topic: string;
  readonly partition: number;
  readonly process: (batch: Batch) => Promise<void>;
}

/** Reads one partition from its end. */
export class Tail implements Running {
  readonly #log: MemoryLog;
  readonly #world: World;
  readonly #of: Of;
  readonly #signal = new Signal();
  readonly #unwatch: () => void;
  #position: number;
  #stopped = false;

  constructor(log: MemoryLog, world: World, of: Of) {
    this.#log = log;
    this.#world = world;
    this.#of = of;
    this.#position = log.records(of.topic, of.partition).length;
    this.#unwatch = log.watch(of.topic, of.partition, () => this.#signal.wake());
    void this.#run();
  }

  delays(): [] {
    return [];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch();
  }

  async #run(): Promise<void> {
    const { weather } = this.#world;
    const { machine, topic, partition, process } = this.#of;
    while (!this.#stopped) {
      const there = this.#log.records(topic, partition).slice(this.#position);
      if (there.length === 0) {
        await this.#signal.wait();
        await machine.sleep(weather.delayMs(usualMs));
        continue;
      }
      const records = there.slice(0, 1 + weather.below(there.length));
      try {
        await process({ topic, partition, records, behind: there.length - records.length });
        if (!weather.strikes("repeats")) this.#position += records.length;
      } catch {
        await machine.sleep(weather.delayMs(50));
      }
      await machine.sleep(weather.delayMs(1));
    }
  }
}

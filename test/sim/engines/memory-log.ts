import type { EventLog, LogRecord, NewRecord, Position, TopicSpec } from "#shared/log/log.ts";
import type { Machine } from "../machine.ts";
import type { SimulatedTime } from "../time.ts";
import type { Trace } from "../trace.ts";
import type { Weather } from "../weather.ts";
import { Group } from "./group.ts";
import { Tail } from "./tail.ts";

export interface World {
  readonly time: SimulatedTime;
  readonly weather: Weather;
  readonly trace: Trace;
}

interface Topic {
  readonly spec: TopicSpec;
  readonly partitions: LogRecord[][];
}

const usualMs = 4;

/** What one machine has under way to one partition: kept in order. */
interface Way {
  lastAtMs: number;
  /** The machine died, and this and all that follows did not arrive. */
  lost: boolean;
}

/** The brokers of a log, in memory. Each machine has its own way to them: see `on`. */
export class MemoryLog {
  readonly #world: World;
  readonly #topics = new Map<string, Topic>();
  readonly #groups = new Map<string, Group>();
  readonly #readers = new Map<string, Set<() => void>>();
  readonly #ways = new WeakMap<Machine, Map<string, Way>>();

  constructor(world: World, specs: readonly TopicSpec[]) {
    this.#world = world;
    for (const spec of specs) {
      this.#topics.set(spec.name, { spec, partitions: Array.from({ length: spec.partitions }, () => []) });
    }
  }

  on(machine: Machine): EventLog {
    const notHere = () => Promise.reject(new Error("not part of the simulation"));
    return {
      append: (records) => this.#append(machine, records),
      subscribe: (subscription) => {
        const group = this.#groups.get(subscription.group) ?? new Group(this, this.#world);
        this.#groups.set(subscription.group, group);
        return group.join(machine, subscription);
      },
      tail: async ({ topic, partition, process }) => {
        await machine.sleep(this.#world.weather.delayMs(usualMs));
        return new Tail(this, this.#world, { machine, topic, partition, process });
      },
      ping: async () => {},
      close: async () => {},
      createTopics: notHere,
      identity: notHere,
    };
  }

  records(topic: string, partition: number): readonly LogRecord[] {
    return this.#topic(topic).partitions[partition] ?? [];
  }

  partitions(topic: string): number {
    return this.#topic(topic).spec.partitions;
  }

  /** Calls back whenever something was appended. Returns what ends it. */
  watch(topic: string, partition: number, wake: () => void): () => void {
    const key = `${topic}/${partition}`;
    const readers = this.#readers.get(key) ?? new Set();
    this.#readers.set(key, readers.add(wake));
    return () => void readers.delete(wake);
  }

  /** Every group that it is in, to be told what becomes of it. */
  groupsOf(machine: Machine): Group[] {
    return [...this.#groups.values()].filter((group) => group.has(machine));
  }

  #topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw new Error(`there is no topic ${name}`);
    return topic;
  }

  #append(machine: Machine, records: readonly NewRecord[]): Promise<Position[]> {
    const { weather } = this.#world;
    return new Promise((resolve, reject) => {
      if (!machine.alive) return;
      const fails = weather.strikes("log away");
      const groups = Map.groupBy(records, ({ topic, partition }) => `${topic}/${partition}`);
      const positions = new Map<NewRecord, Position>();
      let left = groups.size;
      if (left === 0) resolve([]);
      for (const [key, group] of groups) {
        const isTaken = !fails || weather.chance(0.5);
        this.#arrive(machine, key, (way) => {
          if (isTaken && !this.#isLost(machine, way)) this.#take(machine, group, positions);
          left -= 1;
          if (left > 0) {
            machine.reached("part emitted");
            return;
          }
          machine.after(weather.delayMs(usualMs), () => {
            if (!machine.reached("emitted")) return;
            if (fails) reject(weather.unavailable("log_unavailable"));
            else resolve(records.map((r) => positions.get(r) ?? { partition: r.partition, offset: -1 }));
          });
        });
      }
    });
  }

  /** Some time from now, and after all that went the same way before. */
  #arrive(machine: Machine, key: string, arrived: (way: Way) => void): void {
    const { time, weather } = this.#world;
    const ways = this.#ways.get(machine) ?? new Map<string, Way>();
    this.#ways.set(machine, ways);
    const way = ways.get(key) ?? { lastAtMs: 0, lost: false };
    ways.set(key, way);
    way.lastAtMs = Math.max(time.nowMs() + weather.delayMs(usualMs), way.lastAtMs + 0.01);
    time.after(way.lastAtMs - time.nowMs(), () => arrived(way));
  }

  #isLost(machine: Machine, way: Way): boolean {
    if (!machine.alive && !way.lost) way.lost = this.#world.weather.chance(0.5);
    return way.lost;
  }

  #take(machine: Machine, group: readonly NewRecord[], positions: Map<NewRecord, Position>): void {
    const { time, weather, trace } = this.#world;
    const times = weather.strikes("repeats") ? 2 : 1;
    for (let n = 0; n < times; n++) {
      for (const record of group) {
        const { topic: name, partition, key, value } = record;
        const topic = this.#topic(name);
        const records = topic.partitions[partition];
        if (records === undefined) throw new Error(`${name} has no partition ${partition}`);
        const isVolatile = topic.spec.durability === "volatile";
        if (isVolatile && weather.strikes("deliveries lost")) {
          trace.note(machine.name, () => `loses a record of ${name}/${partition}`);
          continue;
        }
        const offset = records.length;
        records.push({ offset, key, value, timestampMs: time.nowMs() });
        positions.set(record, { partition, offset });
        trace.note(machine.name, () => `${name}/${partition}@${offset} ${shown(record)}`);
      }
    }
    const [first] = group;
    if (first === undefined) return;
    for (const wake of this.#readers.get(`${first.topic}/${first.partition}`) ?? []) wake();
  }
}

/** Names of inboxes are new in every run, and of no importance. */
function shown({ key, value }: NewRecord): string {
  const text = `${key} ${value ?? "ended"}`;
  return text.replaceAll(/(gateway|ingest)-[0-9a-f-]{36}/g, "$1");
}

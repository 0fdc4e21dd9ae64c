import { limits } from "#shared/limits.ts";
import type { Running, Subscription } from "#shared/log/log.ts";
import { shareOut } from "#shared/log/sticky.ts";
import type { Machine } from "../machine.ts";
import type { MemoryLog, World } from "./memory-log.ts";
import { OwnedPartition } from "./owned-partition.ts";

interface Member {
  readonly id: string;
  readonly machine: Machine;
  readonly subscription: Subscription;
  readonly owns: Map<number, OwnedPartition>;
}

/** Shares the partitions of some topics among machines, and remembers how far each has been processed. */
export class Group {
  readonly #log: MemoryLog;
  readonly #world: World;
  readonly #committed = new Map<string, number>();
  /** Partitions that are being given up, each by its owner until now. */
  readonly #leaving = new Set<number>();
  #members: Member[] = [];
  #joined = 0;

  constructor(log: MemoryLog, world: World) {
    this.#log = log;
    this.#world = world;
  }

  has(machine: Machine): boolean {
    return this.#members.some((member) => member.machine === machine);
  }

  async join(machine: Machine, subscription: Subscription): Promise<Running> {
    await machine.sleep(this.#world.weather.delayMs(20));
    const member = this.#enter(machine, subscription);
    return { stop: () => this.#leave(member.machine), delays: () => [] };
  }

  /** It has not been heard of for too long: its partitions go to others. What it does now is stale. */
  expel(machine: Machine, how: { readonly goesOn: boolean; readonly rejoinsInMs: number | null }): void {
    const member = this.#members.find((one) => one.machine === machine);
    if (member === undefined) return;
    this.#world.trace.note(machine.name, () => `is out of the group${how.goesOn ? ", and goes on" : ""}`);
    this.#members = this.#members.filter((one) => one !== member);
    const owned = [...member.owns.values()];
    for (const partition of owned) partition.fence({ goesOn: how.goesOn });
    this.#share();
    if (how.rejoinsInMs === null) return;
    machine.after(how.rejoinsInMs, async () => {
      await Promise.all(owned.map((partition) => partition.stop()));
      this.#enter(machine, member.subscription);
    });
  }

  committed(topic: string, partition: number): number {
    return this.#committed.get(`${topic}/${partition}`) ?? 0;
  }

  commit(topic: string, partition: number, position: number): void {
    this.#committed.set(`${topic}/${partition}`, position);
  }

  #enter(machine: Machine, subscription: Subscription): Member {
    this.#joined += 1;
    const id = `${machine.name}.${String(this.#joined).padStart(4, "0")}`;
    const member: Member = { id, machine, subscription, owns: new Map() };
    this.#members.push(member);
    this.#world.trace.note(machine.name, () => "joins the group");
    this.#share();
    return member;
  }

  async #leave(machine: Machine): Promise<void> {
    const member = this.#members.find((one) => one.machine === machine);
    if (member === undefined) return;
    this.#members = this.#members.filter((one) => one !== member);
    await Promise.all([...member.owns.values()].map((partition) => partition.stop()));
    member.owns.clear();
    this.#world.trace.note(machine.name, () => "leaves the group");
    this.#share();
  }

  /** Gives what is free, and asks back what should be another's; that is given when it has been given up. */
  #share(): void {
    const topic = this.#members[0]?.subscription.topics[0]?.name;
    if (topic === undefined) return;
    const holders = this.#members.map(({ id, owns }) => ({ id, holds: [...owns.keys()] }));
    const shares = shareOut(this.#log.partitions(topic), holders);
    for (const member of this.#members) {
      for (const partition of shares.get(member.id) ?? []) this.#give(partition, member);
    }
  }

  #give(partition: number, member: Member): void {
    if (member.owns.has(partition) || this.#leaving.has(partition)) return;
    const before = this.#members.find(({ owns }) => owns.has(partition));
    if (before !== undefined) {
      void this.#takeBack(partition, before);
      return;
    }
    this.#world.trace.note(member.machine.name, () => `owns partition ${partition}`);
    const owned = new OwnedPartition(this.#log, this.#world, { group: this, partition, ...member });
    member.owns.set(partition, owned);
  }

  /** Waits for the batch in hand, but not for ever. */
  async #takeBack(partition: number, before: Member): Promise<void> {
    const owned = before.owns.get(partition);
    if (owned === undefined) return;
    this.#leaving.add(partition);
    const late = new Promise<void>((resolve) => {
      this.#world.time.after(limits.groupHandoverMsMax, resolve);
    });
    await Promise.race([owned.stop(), late]);
    owned.fence({ goesOn: false });
    before.owns.delete(partition);
    this.#leaving.delete(partition);
    this.#share();
  }
}

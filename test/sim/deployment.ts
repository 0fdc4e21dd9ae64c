import type { Topics } from "#shared/log/topics.ts";
import { MemoryLog, type World } from "./engines/memory-log.ts";
import { MemoryStore } from "./engines/memory-store.ts";
import { remoteStore } from "./engines/remote-store.ts";
import { Machine, type Stage } from "./machine.ts";
import { type FanoutNode, startFanout } from "./nodes/fanout-node.ts";
import { type GatewayNode, startGateway } from "./nodes/gateway-node.ts";
import { type IngestNode, sinkTo, startIngest } from "./nodes/ingest-node.ts";
import type { Parts } from "./parts.ts";
import type { Random } from "./random.ts";
import type { NodeKind } from "./schedule.ts";

const nodesMax = 3;
const hourMs = 3_600_000;

/** All nodes of the product, and what can be done to them. One that dies is started again a little later. */
export class Deployment {
  readonly store: MemoryStore;
  readonly log: MemoryLog;
  readonly ingests: readonly IngestNode[];
  fanouts: FanoutNode[] = [];
  gateways: GatewayNode[] = [];
  readonly #world: World;
  readonly #random: Random;
  readonly #topics: Topics;
  readonly #parts: Parts;
  /** A gateway's machine has died: whoever was connected to it is not any more. */
  readonly #gatewayGone: (machine: Machine) => void;
  #started = 0;

  constructor(
    world: World,
    of: { random: Random; topics: Topics; parts: Parts; gatewayGone: (machine: Machine) => void },
  ) {
    this.#world = world;
    this.#random = of.random;
    this.#topics = of.topics;
    this.#parts = of.parts;
    this.#gatewayGone = of.gatewayGone;
    this.store = new MemoryStore(of.parts.wins);
    this.log = new MemoryLog(world, of.topics.specs);
    // Their clocks are an hour apart.
    this.ingests = [0, hourMs].map((skewMs, n) => {
      const machine = new Machine(world.time, `ingest ${n + 1}`, skewMs);
      return startIngest(machine, this.#engines(machine));
    });
    for (let n = 0; n < 2; n++) {
      this.add("fanout");
      this.add("gateway");
    }
  }

  /** Whichever gateway the balancer sends a new socket to. */
  dial(): GatewayNode | null {
    const open = this.gateways.filter(({ isOpen }) => isOpen);
    return open.length === 0 ? null : this.#random.pick(open);
  }

  add(kind: NodeKind): void {
    if (kind === "fanout") this.#addFanout();
    else this.#addGateway();
  }

  machine(kind: NodeKind, index: number): Machine | undefined {
    return nth<FanoutNode | GatewayNode>(kind === "fanout" ? this.fanouts : this.gateways, index)?.machine;
  }

  /** Ends a node in good order; another takes its place. */
  replace(kind: NodeKind, index: number): void {
    void nth<FanoutNode | GatewayNode>(kind === "fanout" ? this.fanouts : this.gateways, index)?.stop();
  }

  #addFanout(): void {
    if (this.fanouts.length >= nodesMax) return;
    const machine = this.#machine("fanout", () => {
      this.fanouts = this.fanouts.filter((one) => one.machine !== machine);
      this.#buried(machine);
      this.#later(() => this.#addFanout());
    });
    const { log, store, topics } = this.#engines(machine);
    const { fanoutLog, fanoutStore } = this.#parts;
    this.fanouts.push(
      startFanout(machine, { topics, log: fanoutLog(log, machine), store: fanoutStore(store, machine) }),
    );
  }

  #addGateway(): void {
    if (this.gateways.length >= nodesMax) return;
    const machine = this.#machine("gateway", () => {
      this.gateways = this.gateways.filter((one) => one.machine !== machine);
      this.#gatewayGone(machine);
      this.#later(() => this.#addGateway());
    });
    const sink = sinkTo(machine, this.#world.weather, () => this.#random.pick(this.ingests));
    this.gateways.push(startGateway(machine, { ...this.#engines(machine), sink }));
  }

  dieAt(index: number, stage: Stage): void {
    const node = nth(this.fanouts, index);
    if (node !== undefined) node.machine.diesAt = stage;
  }

  /** Its partitions go to others although it lives, and for a while it does not know. */
  makeZombie(index: number, ms: number): void {
    const machine = nth(this.fanouts, index)?.machine;
    if (machine === undefined) return;
    for (const group of this.log.groupsOf(machine)) group.expel(machine, { goesOn: true, rejoinsInMs: ms });
  }

  /** It stands still. After some seconds it is taken for dead; when it goes on, what it had in hand goes on too. */
  pause(machine: Machine | undefined, ms: number): void {
    if (machine === undefined) return;
    this.#world.trace.note(machine.name, () => `stands still for ${ms} ms`);
    machine.pause(ms);
    const sessionMs = this.#random.between(3_000, 10_000);
    this.#world.time.after(sessionMs, () => {
      if (!machine.alive || !machine.paused) return;
      for (const group of this.log.groupsOf(machine)) {
        group.expel(machine, { goesOn: false, rejoinsInMs: 500 });
      }
    });
  }

  #machine(kind: string, died: () => void): Machine {
    this.#started += 1;
    const name = `${kind} ${this.#started}`;
    return new Machine(this.#world.time, name, 0, () => {
      this.#world.trace.note(name, () => "is gone");
      died();
    });
  }

  /** The group takes it for dead when it has not been heard of for a while. */
  #buried(machine: Machine): void {
    this.#world.time.after(this.#random.between(3_000, 10_000), () => {
      for (const group of this.log.groupsOf(machine))
        group.expel(machine, { goesOn: false, rejoinsInMs: null });
    });
  }

  #later(what: () => void): void {
    this.#world.time.after(this.#random.between(200, 6_000), what);
  }

  #engines(machine: Machine) {
    return {
      log: this.log.on(machine),
      store: remoteStore(this.store, machine, this.#world),
      topics: this.#topics,
    };
  }
}

/** Any number names one, as long as there is one. */
export function nth<T>(list: readonly T[], index: number): T | undefined {
  return list[index % list.length];
}

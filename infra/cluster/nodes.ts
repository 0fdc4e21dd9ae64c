import type { Target } from "./balancer.ts";
import { ClusterNode, type NodeState, type ServiceName } from "./node.ts";

/** Of one service. More processes than this on one machine only take turns. */
export const nodesMax = 16;

/** A node as `status` shows it. */
export interface NodeStatus {
  readonly id: string;
  readonly service: ServiceName;
  readonly state: NodeState;
  readonly restarts: number;
  readonly pid: number | null;
  readonly url: string | null;
  readonly adminUrl: string | null;
}

/** What was asked cannot be done, and why. */
export class NotPossible extends Error {}

/** Later ones need the earlier ones: started in this order, ended in reverse. */
export const startOrder: readonly ServiceName[] = ["fanout", "ingest", "webhooks", "calls", "gateway"];

/** The nodes of a cluster, which come and go. */
export class Nodes {
  readonly #options: {
    readonly dataDir: string;
    readonly env: Readonly<Record<string, string>>;
    readonly changed: () => void;
    readonly quiet: (id: string) => Promise<void>;
  };
  #nodes: readonly ClusterNode[] = [];
  readonly #made = new Map<ServiceName, number>();
  #ending = false;

  /**
   * @param options.env of every node.
   * @param options.changed is called whenever a node is there, up, down or gone.
   * @param options.quiet resolves when a node that gets nothing new has answered what it was sent.
   */
  constructor(options: {
    dataDir: string;
    env: Readonly<Record<string, string>>;
    changed: () => void;
    quiet: (id: string) => Promise<void>;
  }) {
    this.#options = options;
  }

  /** The nodes that may be sent something new. */
  targets(service: ServiceName): Target[] {
    return this.#nodes.flatMap(({ id, service: its, state, announced }) =>
      its === service && state === "up" && announced?.url !== undefined ? [{ id, url: announced.url }] : [],
    );
  }

  status(): NodeStatus[] {
    return this.#nodes.map(({ id, service, state, restarts, announced }) => ({
      id,
      service,
      state,
      restarts,
      pid: announced?.pid ?? null,
      url: announced?.url ?? null,
      adminUrl: announced?.adminUrl ?? null,
    }));
  }

  /**
   * Starts one more, under a name that no other had. Resolves when it is up.
   *
   * @throws NotPossible when there are as many as there may be, or the cluster ends.
   * @throws Error when it does not become ready.
   */
  async add(service: ServiceName): Promise<string> {
    if (this.#ending) throw new NotPossible("The cluster is ending.");
    if (this.#of(service).length >= nodesMax)
      throw new NotPossible(`There are ${nodesMax} ${service} nodes.`);
    const number = (this.#made.get(service) ?? 0) + 1;
    this.#made.set(service, number);
    const { dataDir, env, changed } = this.#options;
    const node = new ClusterNode({ service, id: `${service}-${number}`, dataDir, env, changed });
    this.#nodes = [...this.#nodes, node];
    try {
      await node.start();
      return node.id;
    } catch (error) {
      this.#remove(node);
      throw error;
    }
  }

  /**
   * Takes a node out: nothing new is sent to it, it ends what it has, and is gone. Resolves then.
   *
   * @throws NotPossible when there is no such node, or it is the last of its service.
   */
  async drain(id: string): Promise<void> {
    const node = this.#nodes.find((one) => one.id === id);
    if (node === undefined) throw new NotPossible(`There is no node ${id}.`);
    const others = this.#of(node.service).filter((one) => one !== node && one.state === "up");
    if (others.length === 0)
      throw new NotPossible(`${id} is the last ${node.service} node that is up: add one first.`);
    node.retire();
    await this.#options.quiet(id);
    await node.stop();
    this.#remove(node);
  }

  /** Ends them all: sockets first, then what they write to. None is added or started again from here on. */
  async stop(): Promise<void> {
    this.#ending = true;
    for (const node of this.#nodes) node.retire();
    for (const service of startOrder.toReversed())
      await Promise.all(this.#of(service).map((node) => node.stop()));
  }

  #of(service: ServiceName): ClusterNode[] {
    return this.#nodes.filter((node) => node.service === service);
  }

  #remove(node: ClusterNode): void {
    this.#nodes = this.#nodes.filter((one) => one !== node);
    this.#options.changed();
  }
}

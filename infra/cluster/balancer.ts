import { type EdgeService, edgeServices } from "./edge-routes.ts";

/** A node that may be sent something new. */
export interface Target {
  readonly id: string;
  /** Its base URL: no two nodes have the same. */
  readonly url: string;
}

/** One request or socket at the node it was sent to. */
export interface Visit {
  readonly target: Target;
  /** Another node took it, as the first could not be reached. */
  moved(to: Target): void;
  /** Called once. */
  over(): void;
}

type What = "requests" | "sockets";

/**
 * Who takes the next request or socket: the node that has the fewest, in turn among equals. So a node that has just
 * come takes most sockets until it has its share.
 */
export class Balancer {
  readonly #targets: (service: EdgeService) => readonly Target[];
  readonly #counts: Readonly<Record<What, Map<string, number>>> = { requests: new Map(), sockets: new Map() };
  readonly #waiting = new Set<() => void>();
  #turn = 0;

  /** @param targets the nodes of a service that may be sent something new, now. */
  constructor(targets: (service: EdgeService) => readonly Target[]) {
    this.#targets = targets;
  }

  /** null: no node is up. */
  visit(service: EdgeService, what: What): Visit | null {
    const counts = this.#counts[what];
    const [first] = this.#fewestFirst(this.#targets(service), counts);
    if (first === undefined) return null;
    let target = first;
    const add = (to: Target, more: number) => {
      const count = (counts.get(to.id) ?? 0) + more;
      if (count > 0) counts.set(to.id, count);
      else counts.delete(to.id);
      for (const look of this.#waiting) look();
    };
    add(target, 1);
    return {
      get target() {
        return target;
      },
      moved: (to) => {
        add(target, -1);
        target = to;
        add(target, 1);
      },
      over: () => add(target, -1),
    };
  }

  /** The nodes that can stand in for the one at this address, which could not be reached. */
  others(url: string): readonly Target[] {
    for (const service of edgeServices) {
      const targets = this.#targets(service);
      if (targets.some((target) => target.url === url)) {
        return this.#fewestFirst(targets, this.#counts.requests).filter((target) => target.url !== url);
      }
    }
    return [];
  }

  /** Resolves when no request is at the node, or the time is over. Sockets stay as long as the node keeps them. */
  async quiet(id: string, withinMs: number): Promise<void> {
    let look = () => {};
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, withinMs);
      look = () => {
        if (this.#counts.requests.has(id)) return;
        clearTimeout(late);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
    this.#waiting.delete(look);
  }

  #fewestFirst(targets: readonly Target[], counts: ReadonlyMap<string, number>): Target[] {
    this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER;
    const from = this.#turn % Math.max(1, targets.length);
    const inTurn = [...targets.slice(from), ...targets.slice(0, from)];
    return inTurn.sort((a, b) => (counts.get(a.id) ?? 0) - (counts.get(b.id) ?? 0));
  }
}

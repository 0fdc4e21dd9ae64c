import { Agent, type ClientRequestArgs } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { limits } from "#shared/limits.ts";
import type { Balancer, Target } from "./balancer.ts";

/**
 * Keeps connections to the nodes. Where one cannot be reached, it connects to another that does the same work: a
 * request is written only on a connection that stands, so one that never reached a node is the only kind that goes to
 * a second.
 */
export class ReachingAgent extends Agent {
  readonly #balancer: Balancer;
  /** Of connections that ended up elsewhere than where they were meant to. */
  readonly #elsewhere = new WeakMap<object, Target>();

  constructor(balancer: Balancer) {
    super({ keepAlive: true, maxSockets: limits.edgeSocketsMax });
    this.#balancer = balancer;
  }

  /** The node at the other end, if it is not the one that was asked for. */
  elsewhere(socket: object): Target | undefined {
    return this.#elsewhere.get(socket);
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const url = `http://${options.host}:${options.port}`;
    this.#reach(url).then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as never),
    );
  }

  /** A connection to another node is not for the next request, which may be meant for the first again. */
  override keepSocketAlive(socket: Duplex): boolean {
    if (this.#elsewhere.has(socket)) return false;
    // The typings say void; it says whether the socket is kept.
    return super.keepSocketAlive(socket as Socket) as unknown as boolean;
  }

  async #reach(url: string): Promise<Socket> {
    try {
      return await connected(url);
    } catch (error) {
      for (const target of this.#balancer.others(url)) {
        const socket = await connected(target.url).catch(() => null);
        if (socket === null) continue;
        this.#elsewhere.set(socket, target);
        return socket;
      }
      throw error;
    }
  }
}

function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port), noDelay: true });
    const late = setTimeout(
      () => socket.destroy(new Error(`${url} cannot be reached`)),
      limits.edgeConnectMsMax,
    );
    socket.once("error", reject);
    socket.once("close", () => clearTimeout(late));
    socket.once("connect", () => {
      clearTimeout(late);
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

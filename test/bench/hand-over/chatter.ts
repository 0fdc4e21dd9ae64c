import { randomUUID } from "node:crypto";
import type { WebSocket } from "ws";
import { connectMember, type ServerFrame } from "../generator/member.ts";
import { makeRooms, type Target } from "../product.ts";

/** One message: when it was due, and when a member of its room had it. */
export interface Sent {
  readonly roomId: string;
  readonly dueMs: number;
  deliveredMs: number | null;
}

interface Pair {
  readonly roomId: string;
  readonly sockets: readonly WebSocket[];
}

const tickMs = 5;

/** Two-person rooms in which somebody says something all the time, at even distances. */
export class Chatter {
  readonly #perSecond: number;
  readonly #pairs: Pair[] = [];
  readonly #sent = new Map<string, Sent>();
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  /** Sockets that were closed: a hand-over between fanout nodes is no reason to. */
  closes = 0;

  private constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  static async start(target: Target, options: { rooms: number; perSecond: number }): Promise<Chatter> {
    const chatter = new Chatter(options.perSecond);
    const crew = await makeRooms(target, "hand-over", options.rooms);
    for (const { roomId, members } of crew.rooms) {
      const sockets = await Promise.all(members.map(({ url, token }) => chatter.#connect(url, token)));
      chatter.#pairs.push({ roomId, sockets });
    }
    chatter.#startedMs = performance.now();
    chatter.#timer = setInterval(() => chatter.#sendDue(), tickMs);
    return chatter;
  }

  /** What was due in a span of time, in that order. */
  between(fromMs: number, toMs: number): Sent[] {
    return [...this.#sent.values()].filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs);
  }

  /** Messages that nobody has been told of yet. */
  get missing(): number {
    return [...this.#sent.values()].filter(({ deliveredMs }) => deliveredMs === null).length;
  }

  /** Nothing more is sent; what is under way still arrives. */
  fallSilent(): void {
    clearInterval(this.#timer);
  }

  stop(): void {
    this.fallSilent();
    for (const { sockets } of this.#pairs) for (const socket of sockets) socket.terminate();
  }

  async #connect(url: string, token: string | null): Promise<WebSocket> {
    const hear = ({ type, clientId }: ServerFrame & { clientId?: string }, nowMs: number) => {
      const sent = type === "message.created" ? this.#sent.get(clientId ?? "") : undefined;
      if (sent !== undefined) sent.deliveredMs ??= nowMs;
    };
    const closed = () => {
      this.closes += 1;
    };
    return (await connectMember(url, token, hear, closed)).socket;
  }

  #sendDue(): void {
    for (;;) {
      const dueMs = this.#startedMs + (this.#count * 1_000) / this.#perSecond;
      if (dueMs > performance.now()) return;
      const pair = this.#pairs[this.#count % this.#pairs.length];
      const socket = pair?.sockets[Math.floor(this.#count / this.#pairs.length) % 2];
      if (pair === undefined || socket === undefined) return;
      const { roomId } = pair;
      const clientId = randomUUID();
      this.#sent.set(clientId, { roomId, dueMs, deliveredMs: null });
      socket.send(
        JSON.stringify({ type: "message.send", ref: this.#count, roomId, clientId, body: "on my way" }),
      );
      this.#count += 1;
    }
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import { Histogram, type HistogramData } from "../histogram.ts";
import type { Schedule } from "../schedule.ts";
import { Arrivals } from "./arrivals.ts";
import type { MemberPlan } from "./crew.ts";
import { eachOf } from "./each-of.ts";
import { startHealth } from "./health.ts";
import { connectMember } from "./member.ts";
import { pace } from "./pacer.ts";
import type { GeneratorHealth } from "./tally.ts";

export interface AudiencePlan {
  /** Member 0 of the product sends; of the bare broadcast the first at each server do. */
  readonly kind: "product" | "broadcast";
  readonly roomId: string;
  readonly members: number;
  readonly schedule: Schedule;
  readonly settleMsMax: number;
  /** A frame as the product delivers it, which the broadcast is given to send. */
  readonly sample: string | null;
}
export interface AudienceReport {
  readonly sent: number;
  readonly complete: number;
  readonly deliveries: number;
  readonly stray: number;
  readonly refused: number;
  readonly first: HistogramData;
  readonly last: HistogramData;
  readonly health: GeneratorHealth;
  readonly sample: string | null;
}

const connectsAtOnce = 16;
const run = "audience";
const marker = Buffer.from(`"clientId":"${run}-`);
const quote = 0x22;
const zero = 0x30;

/** The members of one room that is as large as it needs to be. Frames are not parsed: there may be 50,000 a second. */
export class Audience {
  readonly #sockets: WebSocket[] = [];
  /** The first socket at each server. */
  readonly #firsts = new Map<string, WebSocket>();
  #arrivals = new Arrivals(1);
  #next = 0;
  #refused = 0;
  #lost = 0;
  #sample: string | null = null;

  /** Connects more members. @returns how many were closed by the server so far. */
  async join(members: readonly MemberPlan[]): Promise<{ lost: number }> {
    await eachOf(members, connectsAtOnce, async ({ url, token }) => {
      const gone = () => {
        this.#lost += 1;
      };
      const { socket } = await connectMember(url, token, () => {}, gone);
      socket.removeAllListeners("message");
      socket.on("message", (data: Buffer) => this.#receive(data, performance.now()));
      this.#sockets.push(socket);
      if (!this.#firsts.has(url)) this.#firsts.set(url, socket);
    });
    return { lost: this.#lost };
  }

  async run(plan: AudiencePlan): Promise<AudienceReport> {
    const arrivals = new Arrivals(plan.members);
    const lateness = new Histogram();
    this.#arrivals = arrivals;
    this.#refused = 0;
    const firsts = [...this.#firsts.values()];
    const senders = plan.kind === "product" ? firsts.slice(0, 1) : firsts;
    let readHealth = startHealth();
    await pace(
      plan.schedule,
      (_, dueMs) => {
        lateness.recordMs(performance.now() - dueMs);
        const n = this.#next;
        this.#next += 1;
        arrivals.expect(n, dueMs);
        const frame = frameOf(plan, n);
        for (const socket of senders) socket.send(frame);
      },
      () => {
        readHealth = startHealth();
      },
    );
    const health = readHealth();
    const giveUpMs = performance.now() + plan.settleMsMax;
    while (!arrivals.settled && this.#refused === 0 && performance.now() < giveUpMs) await sleep(10);
    const { sent, complete, deliveries, stray } = arrivals;
    return {
      ...{ sent, complete, deliveries, stray, refused: this.#refused, sample: this.#sample },
      first: arrivals.first.toData(),
      last: arrivals.last.toData(),
      health: { ...health, lateness: lateness.toData() },
    };
  }

  #receive(data: Buffer, nowMs: number): void {
    const n = messageNumber(data);
    if (n === null) {
      if (data.includes('"type":"error"')) this.#refused += 1;
      return;
    }
    this.#arrivals.arrived(n, nowMs);
    this.#sample ??= data.toString();
  }
}

function frameOf({ kind, roomId, sample }: AudiencePlan, n: number): string {
  const clientId = `"clientId":"${run}-${n}"`;
  if (kind === "broadcast" && sample !== null) return sample.replace(/"clientId":"[^"]*"/, clientId);
  const body = `Message ${n} to all of us: we meet at the corner, by the blue sign, in two minutes 🚕`;
  return `{"type":"message.send","ref":${n},"roomId":"${roomId}",${clientId},"body":"${body}"}`;
}

/** Which message a frame delivers; null: it delivers none. */
export function messageNumber(frame: Buffer): number | null {
  const at = frame.indexOf(marker);
  if (at === -1) return null;
  let n = 0;
  for (let i = at + marker.length; i < frame.length && frame[i] !== quote; i++) {
    n = n * 10 + ((frame[i] ?? zero) - zero);
  }
  return n;
}

import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { RoomPlan } from "./crew.ts";
import { connectMember, type ServerFrame } from "./member.ts";

export interface NoisePlan {
  readonly rooms: readonly RoomPlan[];
  /** Messages per second that the first member of each room tries to send: more than it may. */
  readonly perSecondEach: number;
}
export interface NoiseReport {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Sends that were left out, as the server had not answered those before. */
  readonly heldBack: number;
  readonly seconds: number;
}

const tickMs = 10;
/** Below what a socket may have in work. */
const inFlightMax = 48;

interface Sender {
  readonly roomId: string;
  socket: WebSocket | null;
  inFlight: number;
}

/** Users who send without regard to what they are told. */
export class Noise {
  readonly #sockets: WebSocket[] = [];
  readonly #senders: Sender[] = [];
  #perSecondEach = 0;
  #next = 0;
  #counts = { sent: 0, accepted: 0, heldBack: 0 };
  #refused: Record<string, number> = {};
  #going: Promise<number> | null = null;
  #stopped = true;

  async connect({ rooms, perSecondEach }: NoisePlan): Promise<void> {
    this.#perSecondEach = perSecondEach;
    for (const { roomId, members } of rooms) {
      const [speaker, listener] = members;
      const open = async ({ url, token }: typeof speaker, onFrame: (frame: ServerFrame) => void) => {
        const { socket } = await connectMember(url, token, onFrame, () => {});
        this.#sockets.push(socket);
        return socket;
      };
      await open(listener, () => {});
      const sender: Sender = { roomId, socket: null, inFlight: 0 };
      sender.socket = await open(speaker, (frame) => this.#answered(sender, frame));
      this.#senders.push(sender);
    }
  }

  begin(): void {
    this.#counts = { sent: 0, accepted: 0, heldBack: 0 };
    this.#refused = {};
    this.#stopped = false;
    this.#going = this.#go();
  }

  async end(): Promise<NoiseReport> {
    this.#stopped = true;
    const seconds = (await this.#going) ?? 0;
    return { ...this.#counts, refused: this.#refused, seconds };
  }

  async #go(): Promise<number> {
    const startMs = performance.now();
    let done = 0;
    while (!this.#stopped) {
      const due = Math.floor(((performance.now() - startMs) / 1_000) * this.#perSecondEach);
      for (; done < due; done++) for (const sender of this.#senders) this.#send(sender);
      await sleep(tickMs);
    }
    return (performance.now() - startMs) / 1_000;
  }

  #send(sender: Sender): void {
    if (sender.inFlight >= inFlightMax) {
      this.#counts.heldBack += 1;
      return;
    }
    const n = this.#next;
    this.#next += 1;
    sender.inFlight += 1;
    this.#counts.sent += 1;
    sender.socket?.send(
      `{"type":"message.send","ref":${n},"roomId":"${sender.roomId}","clientId":"noise-${n}","body":"Noise ${n}"}`,
    );
  }

  #answered(sender: Sender, frame: ServerFrame): void {
    if (frame.type !== "ok" && frame.type !== "error") return;
    sender.inFlight -= 1;
    if (frame.type === "ok") this.#counts.accepted += 1;
    else {
      const code = frame.error?.code ?? "unknown";
      this.#refused[code] = (this.#refused[code] ?? 0) + 1;
    }
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import { Histogram, type HistogramData } from "../histogram.ts";
import type { Schedule } from "../schedule.ts";
import { eachOf } from "./each-of.ts";
import { startHealth } from "./health.ts";
import { KeepAlive } from "./keep-alive.ts";
import { type Created, Ledger } from "./ledger.ts";
import { connectMember, type ServerFrame } from "./member.ts";
import { pace } from "./pacer.ts";
import { compareWithHistory } from "./room-history.ts";
import { Tally, type WindowReport } from "./tally.ts";

export interface MemberPlan {
  readonly userId: string;
  /** null: of the bare echo. */
  readonly token: string | null;
  readonly url: string;
}
export interface RoomPlan {
  readonly roomId: string;
  readonly members: readonly [MemberPlan, MemberPlan];
}
export interface CrewPlan {
  readonly run: string;
  readonly restUrl: string;
  readonly apiKey: string;
  readonly rooms: readonly RoomPlan[];
}
export interface WindowPlan {
  readonly schedule: Schedule;
  readonly via: "ws" | "rest";
  /** After the last message was sent, the missing answers and events are awaited for so long. */
  readonly settleMsMax: number;
}

interface Seat {
  readonly trip: Trip;
  readonly index: 0 | 1;
  readonly userId: string;
  readonly socket: WebSocket;
}
interface Trip {
  readonly ledger: Ledger;
  readonly seats: Seat[];
  readonly path: string;
}

const connectsAtOnce = 4;
const comparesAtOnce = 8;

/** The members of many rooms, and the messages that they send each other. */
export class Crew {
  readonly handshake = new Histogram();
  readonly #http: KeepAlive;
  readonly #trips: Trip[] = [];
  readonly #echo: boolean;
  #tally = new Tally();

  private constructor(plan: CrewPlan) {
    this.#http = new KeepAlive(plan.restUrl, plan.apiKey);
    this.#echo = plan.rooms[0]?.members[0].token === null;
  }

  static async connect(plan: CrewPlan): Promise<Crew> {
    const crew = new Crew(plan);
    await eachOf(plan.rooms, connectsAtOnce, async (room) => {
      const [first, second] = room.members;
      const ledger = new Ledger(plan.run, room.roomId, [first.userId, second.userId]);
      const trip: Trip = { ledger, seats: [], path: `/v1/rooms/${room.roomId}/messages` };
      for (const index of [0, 1] as const)
        trip.seats.push(await crew.#seat(trip, index, room.members[index]));
      crew.#trips.push(trip);
    });
    return crew;
  }

  get handshakes(): HistogramData {
    return this.handshake.toData();
  }

  /** Sends by the schedule and waits for what must follow. */
  async run({ schedule, via, settleMsMax }: WindowPlan): Promise<WindowReport> {
    const tally = new Tally();
    this.#tally = tally;
    let readHealth = startHealth();
    let startMs = performance.now();
    const send = via === "rest" ? this.#post.bind(this) : this.#send.bind(this);
    await pace(
      schedule,
      (n, dueMs) => {
        tally.lateness.recordMs(performance.now() - dueMs);
        const trip = this.#trips[n % this.#trips.length];
        const seat = trip?.seats[Math.floor(n / this.#trips.length) % 2];
        if (seat !== undefined) send(seat, dueMs, tally);
      },
      () => {
        readHealth = startHealth();
        startMs = performance.now();
      },
    );
    const health = readHealth();
    const giveUpMs = performance.now() + settleMsMax;
    while (!tally.settled && performance.now() < giveUpMs) await sleep(10);
    return tally.report(schedule.count, performance.now() - startMs, health);
  }

  /** Compares rooms with their history. @param share of the rooms: 1 is all. */
  async compare(share: number): Promise<{ rooms: number; messages: number; violations: string[] }> {
    const every = Math.max(1, Math.round(1 / share));
    const chosen = this.#trips.filter((_, index) => index % every === 0);
    const messages = chosen.reduce((sum, { ledger }) => sum + ledger.entries.size, 0);
    const violations: string[] = [];
    await eachOf(chosen, comparesAtOnce, async ({ ledger }) => {
      const get = (path: string) => this.#http.json("GET", path, null);
      violations.push(...(await compareWithHistory(ledger, get)));
    });
    return { rooms: chosen.length, messages, violations };
  }

  close(): void {
    for (const { seats } of this.#trips) for (const { socket } of seats) socket.terminate();
    this.#http.close();
  }

  async #seat(trip: Trip, index: 0 | 1, member: MemberPlan): Promise<Seat> {
    const { socket, connected, tookMs } = await connectMember(
      member.url,
      member.token,
      (frame, nowMs) => this.#receive(trip, index, frame, nowMs),
      (code) => this.#tally.violation(`${member.userId}: the socket closed with ${code}`),
    );
    this.handshake.recordMs(tookMs);
    const room = connected?.rooms?.find(({ roomId }) => roomId === trip.ledger.roomId);
    trip.ledger.startAt(index, room?.seq ?? 0);
    return { trip, index, userId: member.userId, socket };
  }

  #receive({ ledger }: Trip, index: 0 | 1, frame: ServerFrame, nowMs: number): void {
    switch (frame.type) {
      case "message.created":
        if (frame.roomId === ledger.roomId)
          ledger.saw(index, frame as unknown as Created, this.#tally, nowMs);
        else this.#tally.violation(`${ledger.roomId}: an event of ${frame.roomId} came in`);
        return;
      case "ok":
        ledger.acked(Number(frame.ref), frame.messageId ?? "", nowMs);
        return;
      case "message.send":
        ledger.echoed(Number(frame.ref), nowMs);
        return;
      case "error":
        ledger.refused(Number(frame.ref), frame.error?.code ?? "unknown");
        return;
      default:
        if (frame.seq !== undefined) ledger.passed(index, frame.seq, this.#tally);
    }
  }

  #send({ trip: { ledger }, index, socket }: Seat, dueMs: number, tally: Tally): void {
    const { n } = ledger.add(index, dueMs, tally);
    const { roomId } = ledger;
    socket.send(
      `{"type":"message.send","ref":${n},"roomId":"${roomId}","clientId":"${ledger.clientIdOf(n)}","body":"${ledger.bodyOf(n)}"}`,
    );
  }

  #post({ trip: { ledger, path }, index, userId }: Seat, dueMs: number, tally: Tally): void {
    const { n } = ledger.add(index, dueMs, tally);
    const body = `{"clientId":"${ledger.clientIdOf(n)}","body":"${ledger.bodyOf(n)}"}`;
    this.#http.send("POST", path, userId, body).then(
      ({ status, text }) => {
        const nowMs = performance.now();
        if (this.#echo) ledger.echoed(n, nowMs);
        else if (status === 201 || status === 202) {
          if (status === 202) tally.ackedUnapplied += 1;
          const answer = JSON.parse(text) as { id?: string; messageId?: string };
          ledger.acked(n, answer.id ?? answer.messageId ?? "", nowMs);
        } else ledger.refused(n, String(status));
      },
      (error: NodeJS.ErrnoException) => ledger.refused(n, error.code ?? "network"),
    );
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { backoffMs } from "#sdk/js/src/backoff.ts";
import { defaultBounds } from "#sdk/js/src/bounds.ts";
import { Histogram, type HistogramData } from "../histogram.ts";
import { fraction, type Schedule } from "../schedule.ts";
import type { RoomPlan } from "./crew.ts";
import type { ServerFrame } from "./member.ts";
import { pace } from "./pacer.ts";
import { Cursor } from "./return-cursor.ts";

export interface ReturnersPlan {
  readonly rooms: readonly RoomPlan[];
  /** Tried in turn, as a balancer would. */
  readonly gateways: readonly string[];
  readonly seed: number;
}
export interface ReturnersReport {
  readonly clients: number;
  /** Connections that ended, and how many of those clients are not yet back. */
  readonly lost: number;
  readonly away: number;
  /** From the end of a connection to the next `connected`, pauses of the client included. */
  readonly outage: HistogramData;
  /** The attempt that succeeded, alone. */
  readonly handshake: HistogramData;
  /** From the end of a connection until every missed event was there. */
  readonly caughtUp: HistogramData;
  readonly attempts: number;
  /** Attempts that were told to come back later. */
  readonly turnedAway: number;
  readonly missedEvents: number;
  /** How the returns ended: every missed event, or told that there is a gap. */
  readonly whole: number;
  readonly gaps: number;
  readonly violations: readonly string[];
}

interface Client {
  readonly userId: string;
  readonly token: string;
  readonly cursor: Cursor;
  /** Which gateway is tried. */
  turn: number;
  socket: WebSocket | null;
  lostAtMs: number | null;
}

const connectsAtOnce = 16;
const violationsMax = 20;
const { attemptWaitMsMax } = defaultBounds;

/** Clients that come back as the SDK does, with its pauses and its cursor, when their connection ends. */
export class Returners {
  readonly #outage = new Histogram();
  readonly #handshake = new Histogram();
  readonly #caughtUp = new Histogram();
  readonly #violations: string[] = [];
  readonly #counts = { lost: 0, attempts: 0, turnedAway: 0, missedEvents: 0, whole: 0, gaps: 0 };
  #rooms: { roomId: string; clients: Client[] }[] = [];
  #gateways: readonly string[] = [];
  #seed = 0;
  #chances = 0;
  #silent = false;

  async connect({ rooms, gateways, seed }: ReturnersPlan): Promise<void> {
    this.#gateways = gateways;
    this.#seed = seed;
    const waiting: Client[] = [];
    this.#rooms = rooms.map(({ roomId, members }) => {
      const clients = members.map(({ userId, token, url }): Client => {
        const turn = Math.max(0, gateways.indexOf(url));
        const cursor = new Cursor(roomId);
        return { userId, token: token ?? "", cursor, turn, socket: null, lostAtMs: null };
      });
      waiting.push(...clients);
      return { roomId, clients };
    });
    const worker = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await this.#bring(next, 0);
    };
    await Promise.all(Array.from({ length: connectsAtOnce }, worker));
    this.#counts.attempts = 0;
    this.#counts.turnedAway = 0;
  }

  /** Messages in all rooms in turn, from whoever of the two is connected. */
  async talk(schedule: Schedule): Promise<{ sent: number; skipped: number }> {
    let sent = 0;
    let skipped = 0;
    await pace(
      schedule,
      (n) => {
        const room = this.#rooms[n % this.#rooms.length];
        const speaker = room?.clients.find(({ socket }) => socket !== null);
        if (this.#silent) return;
        if (room === undefined || speaker === undefined) {
          skipped += 1;
          return;
        }
        sent += 1;
        speaker.socket?.send(
          `{"type":"message.send","ref":${n},"roomId":"${room.roomId}","clientId":"talk-${this.#seed}-${n}","body":"Message ${n}"}`,
        );
      },
      () => {},
    );
    return { sent, skipped };
  }

  report(): ReturnersReport {
    const clients = this.#rooms.flatMap((room) => room.clients);
    return {
      clients: clients.length,
      ...this.#counts,
      away: clients.filter(({ lostAtMs }) => lostAtMs !== null).length,
      outage: this.#outage.toData(),
      handshake: this.#handshake.toData(),
      caughtUp: this.#caughtUp.toData(),
      violations: this.#violations,
    };
  }

  /** Ends the talk and waits until both members of each room have seen as much. Tells where they have not. */
  async settle(withinMs: number): Promise<{ violations: string[] }> {
    this.#silent = true;
    const untilMs = performance.now() + withinMs;
    const apart = () =>
      this.#rooms.filter(({ clients: [a, b] }) => a === undefined || a.cursor.seq !== b?.cursor.seq);
    while (apart().length > 0 && performance.now() < untilMs) await sleep(50);
    const found = apart().map(
      ({ roomId, clients }) =>
        `${roomId}: seen up to ${clients.map(({ cursor }) => cursor.seq).join(" and ")}`,
    );
    return { violations: [...this.#violations, ...found.slice(0, violationsMax)] };
  }

  async #bring(client: Client, firstPauseMs: number): Promise<void> {
    let pauseMs = firstPauseMs;
    for (let attempt = 1; ; attempt++) {
      await sleep(pauseMs);
      this.#counts.attempts += 1;
      const refusal = await this.#attempt(client);
      if (refusal === null) return;
      pauseMs = this.#pauseMs(attempt, refusal.retryAfterMs);
      client.turn += 1;
    }
  }

  #pauseMs(attempt: number, retryAfterMs: number | null): number {
    const random = () => {
      this.#chances += 1;
      return fraction(this.#seed, this.#chances);
    };
    return backoffMs(attempt, { ...defaultBounds, random }, retryAfterMs);
  }

  /** @returns null when it is connected. */
  #attempt(client: Client): Promise<{ retryAfterMs: number | null } | null> {
    return new Promise((resolve) => {
      const startMs = performance.now();
      const url = this.#gateways[client.turn % this.#gateways.length] ?? "";
      const socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/connect`, { perMessageDeflate: false });
      const tooLong = setTimeout(() => socket.terminate(), attemptWaitMsMax);
      let retryAfterMs: number | null = null;
      let connected = false;
      socket.on("open", () => {
        const { roomId, seq } = client.cursor;
        const resume = seq === null ? "" : `,"resume":{"${roomId}":${seq}}`;
        socket.send(`{"type":"connect","token":"${client.token}"${resume}}`);
      });
      socket.on("message", (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as ServerFrame;
        if (connected) this.#receive(client, frame);
        else if (frame.type === "connected") {
          connected = true;
          clearTimeout(tooLong);
          client.socket = socket;
          this.#connected(client, frame, startMs);
          resolve(null);
        } else if (frame.type === "error") {
          this.#counts.turnedAway += 1;
          retryAfterMs = frame.error?.retryAfterMs ?? null;
        }
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        clearTimeout(tooLong);
        if (connected) this.#lost(client);
        else resolve({ retryAfterMs });
      });
    });
  }

  #connected(client: Client, frame: ServerFrame, startMs: number): void {
    const nowMs = performance.now();
    const { cursor } = client;
    const headSeq = frame.rooms?.find(({ roomId }) => roomId === cursor.roomId)?.seq;
    if (headSeq === undefined) {
      this.#violation(`${client.userId}: ${cursor.roomId} is not among the rooms`);
      return;
    }
    const missed = cursor.connected(headSeq);
    if (client.lostAtMs === null) return;
    this.#outage.recordMs(nowMs - client.lostAtMs);
    this.#handshake.recordMs(nowMs - startMs);
    this.#counts.missedEvents += missed;
    this.#back(client, nowMs);
  }

  #receive(client: Client, frame: ServerFrame): void {
    const { cursor } = client;
    if (frame.roomId !== cursor.roomId) return;
    const wrong = cursor.saw(frame);
    if (wrong !== null) this.#violation(`${client.userId}: ${wrong}`);
    this.#back(client, performance.now());
  }

  /** A client is back when it has all that it missed, or knows that it has not. */
  #back(client: Client, nowMs: number): void {
    if (client.lostAtMs === null || client.cursor.state === "behind") return;
    this.#counts[client.cursor.state === "gap" ? "gaps" : "whole"] += 1;
    this.#caughtUp.recordMs(nowMs - client.lostAtMs);
    client.lostAtMs = null;
  }

  #lost(client: Client): void {
    this.#counts.lost += 1;
    client.socket = null;
    // One that was lost again before it was back has been away since the first time.
    client.lostAtMs ??= performance.now();
    client.turn += 1;
    void this.#bring(client, this.#pauseMs(0, null));
  }

  #violation(what: string): void {
    if (this.#violations.length < violationsMax) this.#violations.push(what);
  }
}

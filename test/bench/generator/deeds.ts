import type { WebSocket } from "ws";
import { Histogram, type HistogramData } from "../histogram.ts";
import type { RoomPlan } from "./crew.ts";
import { eachOf } from "./each-of.ts";
import { connectMember, type ServerFrame } from "./member.ts";

/** What members of a room do, each told to the other. */
export const deedNames = ["message", "reaction", "receipt", "edit"] as const;
export type DeedName = (typeof deedNames)[number];

interface Said {
  readonly messageId: string;
  readonly number: number;
}

interface Deed {
  /** 0: the rider, who writes; 1: the driver, who answers it. */
  readonly by: 0 | 1;
  frame(room: DeedRoom, n: number): object;
  /** The event by which the other member hears of it. */
  readonly told: string;
}

/** A telling that does not come ends the run: nothing that a socket does may be lost. */
const toldMsMax = 30_000;
const roomsAtOnce = 16;

const deeds: Readonly<Record<DeedName, Deed>> = {
  message: {
    by: 0,
    told: "message.created",
    frame: ({ roomId }, n) => ({
      type: "message.send",
      roomId,
      clientId: `deed-${n}`,
      body: `I am at the corner of the station, in the blue car, for the ${n}th time.`,
    }),
  },
  reaction: {
    by: 1,
    told: "reaction.added",
    frame: ({ roomId, said }, n) => ({
      type: "reaction.add",
      roomId,
      messageId: said[n]?.messageId,
      key: "thumbs_up",
    }),
  },
  receipt: {
    by: 1,
    told: "receipt.read",
    frame: ({ roomId, said }, n) => ({ type: "room.read", roomId, number: said[n]?.number }),
  },
  edit: {
    by: 0,
    told: "message.updated",
    frame: ({ roomId, said }, n) => ({
      type: "message.update",
      roomId,
      messageId: said[n]?.messageId,
      body: `I am at the corner of the station, in the green car, for the ${n}th time.`,
    }),
  },
};

/** A room of two, in which one thing is done at a time. */
class DeedRoom {
  readonly roomId: string;
  /** Its messages, oldest first. */
  readonly said: Said[] = [];
  readonly #sockets: WebSocket[] = [];
  #waiting: { readonly to: number; readonly told: string; readonly done: PromiseWithResolvers<void> } | null =
    null;
  readonly #done: Record<DeedName, number> = { message: 0, reaction: 0, receipt: 0, edit: 0 };

  constructor(roomId: string) {
    this.roomId = roomId;
  }

  async connect(members: RoomPlan["members"]): Promise<void> {
    for (const [i, { url, token }] of members.entries()) {
      const onFrame = (frame: ServerFrame) => this.#heard(i, frame);
      const onClose = (code: number) => this.#waiting?.done.reject(new Error(`a socket closed with ${code}`));
      const { socket } = await connectMember(url, token, onFrame, onClose);
      this.#sockets.push(socket);
    }
  }

  /** Does it, and resolves when the other member has been told. */
  async do(name: DeedName): Promise<void> {
    const { by, told, frame } = deeds[name];
    const done = Promise.withResolvers<void>();
    this.#waiting = { to: 1 - by, told, done };
    const late = setTimeout(() => done.reject(new Error(`${told} did not come`)), toldMsMax);
    const n = this.#done[name];
    this.#done[name] += 1;
    this.#sockets[by]?.send(JSON.stringify({ ref: n + 1, ...frame(this, n) }));
    await done.promise.finally(() => clearTimeout(late));
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  #heard(by: number, frame: ServerFrame & { readonly number?: number }): void {
    const waiting = this.#waiting;
    if (frame.type === "error") waiting?.done.reject(new Error(`refused: ${frame.error?.code}`));
    if (waiting === null || waiting.to !== by || frame.type !== waiting.told) return;
    if (frame.type === "message.created") {
      this.said.push({ messageId: frame.messageId ?? "", number: frame.number ?? 0 });
    }
    this.#waiting = null;
    waiting.done.resolve();
  }
}

export class Deeds {
  #rooms: DeedRoom[] = [];

  async connect({ rooms }: { rooms: readonly RoomPlan[] }): Promise<void> {
    this.#rooms = await Promise.all(
      rooms.map(async ({ roomId, members }) => {
        const room = new DeedRoom(roomId);
        await room.connect(members);
        return room;
      }),
    );
  }

  /** The same so many times in each room, one after the other there. @returns how long until the other was told. */
  async perform({ name, times }: { name: DeedName; times: number }): Promise<HistogramData> {
    const histogram = new Histogram();
    await eachOf(this.#rooms, roomsAtOnce, async (room) => {
      for (let i = 0; i < times; i++) {
        const startMs = performance.now();
        await room.do(name);
        histogram.recordMs(performance.now() - startMs);
      }
    });
    return histogram.toData();
  }

  async close(_: null): Promise<void> {
    for (const room of this.#rooms) room.close();
  }
}

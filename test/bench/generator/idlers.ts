import type { WebSocket } from "ws";
import { Histogram, type HistogramData } from "../histogram.ts";
import { eachOf } from "./each-of.ts";
import { connectMember } from "./member.ts";

export interface IdlePlan {
  readonly members: readonly { readonly url: string; readonly token: string }[];
}

const connectsAtOnce = 16;

/** Sockets that connect and then say nothing. */
export class Idlers {
  readonly #sockets: WebSocket[] = [];
  #closed = 0;
  #ending = false;

  async open({ members }: IdlePlan): Promise<{ handshake: HistogramData }> {
    const handshake = new Histogram();
    await eachOf(members, connectsAtOnce, async ({ url, token }) => {
      const gone = () => {
        if (!this.#ending) this.#closed += 1;
      };
      const { socket, tookMs } = await connectMember(url, token, () => {}, gone);
      handshake.recordMs(tookMs);
      this.#sockets.push(socket);
    });
    return { handshake: handshake.toData() };
  }

  /** @returns how many sockets the server had closed by then. */
  async close(): Promise<{ lost: number }> {
    this.#ending = true;
    const ends = this.#sockets.splice(0).map(
      (socket) =>
        new Promise<void>((resolve) => {
          if (socket.readyState === socket.CLOSED) resolve();
          socket.once("close", () => resolve());
          socket.terminate();
        }),
    );
    await Promise.all(ends);
    const lost = this.#closed;
    this.#closed = 0;
    this.#ending = false;
    return { lost };
  }
}

import type { WebSocket } from "ws";
import type { Timers } from "#shared/clock.ts";
import type { AppError } from "#shared/errors/app-error.ts";
import { closeCodes } from "#shared/errors/close-codes.ts";
import { newRequestId } from "#shared/http/request-id.ts";
import { limits } from "#shared/limits.ts";

/**
 * Sockets that are sent away before anything of theirs is read: told why and when to come back, as a browser shows its
 * program nothing of an upgrade that was refused. No connection, session or token check is spent on them.
 */
export class Refusals {
  readonly #timers: Timers;
  readonly #leaving = new Set<WebSocket>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  refuse(socket: WebSocket, error: AppError): void {
    socket.on("error", () => undefined);
    if (this.#leaving.size >= limits.refusedSocketsMax) {
      socket.terminate();
      return;
    }
    this.#leaving.add(socket);
    const cutOff = this.#timers.after(limits.refusedSocketMsMax, () => socket.terminate());
    socket.on("close", () => {
      cutOff();
      this.#leaving.delete(socket);
    });
    socket.send(JSON.stringify({ type: "error", error: error.toBody(newRequestId()) }));
    socket.close(closeCodes.overloaded.code, "overloaded");
  }

  stop(): void {
    for (const socket of this.#leaving) socket.terminate();
  }
}

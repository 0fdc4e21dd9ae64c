import type { SocketConstructor, SocketLike } from "#sdk/js/src/socket.ts";

type Message = (event: { readonly data: unknown }) => void;
type Close = (event: { readonly code: number; readonly reason: string }) => void;

/** What a browser says of a connection that went down without a word. */
const abnormalClosure = 1006;

/**
 * A network that can be cut: sockets on it drop, and new ones fail, as in a tunnel. The client is not told that it is
 * a game.
 */
export class Network {
  #cut = false;
  readonly #sockets = new Set<CutSocket>();
  readonly webSocket: SocketConstructor;

  constructor() {
    const network = this;
    this.webSocket = class extends CutSocket {
      constructor(url: string) {
        super(network.isCut ? null : new WebSocket(url), (socket) => network.#sockets.delete(socket));
        network.#sockets.add(this);
      }
    };
  }

  get isCut(): boolean {
    return this.#cut;
  }

  cut(): void {
    this.#cut = true;
    for (const socket of [...this.#sockets]) socket.cut();
  }

  restore(): void {
    this.#cut = false;
  }
}

class CutSocket implements SocketLike {
  readonly #real: WebSocket | null;
  readonly #gone: (socket: CutSocket) => void;
  readonly #onClose: Close[] = [];
  #over = false;

  constructor(real: WebSocket | null, gone: (socket: CutSocket) => void) {
    this.#real = real;
    this.#gone = gone;
    real?.addEventListener("close", ({ code, reason }) => this.#end(code, reason));
    if (!real) setTimeout(() => this.cut(), 0);
  }

  send(text: string): void {
    if (!this.#over) this.#real?.send(text);
  }

  close(code?: number, reason?: string): void {
    this.#real?.close(code, reason);
  }

  cut(): void {
    this.#end(abnormalClosure, "");
    this.#real?.close();
  }

  addEventListener(
    type: "open" | "error" | "message" | "close",
    listener: (() => void) | Message | Close,
  ): void {
    if (type === "close") {
      this.#onClose.push(listener as Close);
      return;
    }
    this.#real?.addEventListener(type, (event) => {
      if (!this.#over) (listener as (event: unknown) => void)(event);
    });
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#gone(this);
    for (const listener of this.#onClose) listener({ code, reason });
  }
}

import type { Bounds } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import type { Ending } from "./ending.ts";
import { errorFromWire, SendsarError } from "./errors.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { SocketConstructor, SocketLike } from "./socket.ts";
import type { ClientFrame, ConnectedFrame, DurableEvent, ServerFrame, TransientEvent } from "./wire.ts";

export type Incoming = Exclude<ServerFrame, ConnectedFrame> | DurableEvent | TransientEvent;

export interface LinkOptions {
  readonly url: string;
  readonly webSocket: SocketConstructor;
  readonly clock: Clock;
  readonly bounds: Bounds;
  readonly token: () => Promise<string>;
  readonly resume: () => Record<string, number>;
  readonly connected: (frame: ConnectedFrame) => void;
  readonly received: (frame: Incoming) => void;
  /** Called once, last. */
  readonly ended: (ending: Ending) => void;
}

/** One socket, from the token to its end; never used again after it. */
export class Link {
  readonly #options: LinkOptions;
  #phase: "token" | "greeting" | "live" | "ended" = "token";
  #socket: SocketLike | null = null;
  #heartbeat: Heartbeat | null = null;
  #cancelAttempt = () => {};
  /** What the server said before it was to say `connected`. */
  #refusal: SendsarError | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
    options.token().then(
      (token) => this.#open(token),
      (error: unknown) => this.#end({ code: null, message: "no token", error: asError(error) }),
    );
  }

  /** False: there is no connection to say it on. */
  send(frame: ClientFrame): boolean {
    if (this.#phase !== "live") return false;
    this.#write(frame);
    return true;
  }

  /** Ends it from this side, whatever state it is in. */
  drop(message: string, error: SendsarError | null = null): void {
    this.#end({ code: null, message, error });
  }

  #open(token: string): void {
    if (this.#phase !== "token") return;
    const { url, webSocket, clock, bounds, resume } = this.#options;
    this.#phase = "greeting";
    this.#cancelAttempt = clock.after(bounds.attemptWaitMsMax, () =>
      this.drop("no connection in time", this.#refusal),
    );
    let socket: SocketLike;
    try {
      socket = new webSocket(url);
    } catch (cause) {
      const error = new SendsarError("protocol", "the socket could not be made", { retryable: true, cause });
      this.drop(error.message, error);
      return;
    }
    this.#socket = socket;
    socket.addEventListener("open", () => {
      if (this.#phase === "greeting") this.#write({ type: "connect", token, resume: resume() });
    });
    socket.addEventListener("message", (event) => this.#read(event.data));
    // What went wrong is in the close event that follows; `ws` throws where nobody listens for this one.
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", ({ code, reason }) =>
      this.#end({ code, message: reason || `closed with ${code}`, error: this.#refusal }),
    );
  }

  #write(frame: ClientFrame): void {
    try {
      this.#socket?.send(JSON.stringify(frame));
    } catch (cause) {
      // A socket that is closing throws in some runtimes; whatever waits for an answer learns that it is lost.
      const error = new SendsarError("connection_lost", "the socket took nothing", {
        retryable: true,
        cause,
      });
      this.drop(error.message, error);
    }
  }

  #read(data: unknown): void {
    if (this.#phase === "ended") return;
    const frame = parse(data);
    if (!frame) {
      this.#misunderstood("the server sent what is not a frame");
      return;
    }
    this.#heartbeat?.heard();
    if (frame.type === "connected") {
      if (this.#phase === "live") this.#misunderstood("the server said `connected` twice");
      else this.#live(frame);
    } else if (this.#phase === "live") {
      this.#options.received(frame);
    } else if (frame.type === "error") {
      this.#refusal = errorFromWire(frame.error);
    }
  }

  #live(frame: ConnectedFrame): void {
    const { clock, bounds, connected } = this.#options;
    this.#phase = "live";
    this.#cancelAttempt();
    this.#refusal = null;
    this.#heartbeat = new Heartbeat({
      clock,
      intervalMs: Math.max(1, frame.heartbeatSeconds) * 1_000,
      pongWaitMsMax: bounds.pongWaitMsMax,
      ping: () => this.#write({ type: "ping" }),
      dead: () => this.drop("nothing was heard after a ping"),
    });
    connected(frame);
  }

  #misunderstood(message: string): void {
    this.drop(message, new SendsarError("protocol", message, { retryable: true }));
  }

  #end(ending: Ending): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#cancelAttempt();
    this.#heartbeat?.stop();
    try {
      if (ending.code === null) this.#socket?.close(1000);
    } catch {
      // It is over in any case.
    }
    this.#options.ended(ending);
  }
}

function parse(data: unknown): Incoming | ConnectedFrame | null {
  if (typeof data !== "string") return null;
  try {
    const frame: unknown = JSON.parse(data);
    const typed = typeof frame === "object" && frame !== null && "type" in frame;
    return typed && typeof frame.type === "string" ? (frame as Incoming | ConnectedFrame) : null;
  } catch {
    return null;
  }
}

function asError(cause: unknown): SendsarError {
  if (cause instanceof SendsarError) return cause;
  return new SendsarError("token_unavailable", "no token", { retryable: true, cause });
}

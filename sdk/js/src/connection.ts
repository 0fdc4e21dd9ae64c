import { backoffMs } from "./backoff.ts";
import type { Bounds } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import { type Ending, mayReconnect, tokenExpired } from "./ending.ts";
import type { SendsarError } from "./errors.ts";
import { type Incoming, Link } from "./link.ts";
import type { SocketConstructor } from "./socket.ts";
import type { TokenSource } from "./token.ts";
import type { ClientFrame, ConnectedFrame } from "./wire.ts";

/** Where the client stands. Every change is one assignment in one place, and one `state` event. */
export type ConnectionState =
  | { readonly status: "idle" }
  /** `attempt` counts from 0 since the last good connection. */
  | { readonly status: "connecting"; readonly attempt: number }
  | { readonly status: "connected"; readonly sessionId: string; readonly userId: string }
  | {
      readonly status: "waiting";
      readonly attempt: number;
      readonly delayMs: number;
      readonly reason: Ending;
    }
  | { readonly status: "closed"; readonly reason: Ending };

export interface ConnectionOptions {
  readonly url: string;
  readonly webSocket: SocketConstructor;
  readonly clock: Clock;
  readonly random: () => number;
  readonly bounds: Bounds;
  readonly resume: () => Record<string, number>;
  /** Before the state says so. */
  readonly greeted: (frame: ConnectedFrame) => void;
  /** After the state says so. */
  readonly connected: (frame: ConnectedFrame) => void;
  readonly received: (frame: Incoming) => void;
  /** A connection or an attempt is over; before the state says so. */
  readonly dropped: () => void;
  readonly changed: (state: ConnectionState) => void;
}

/** Keeps one link alive: opens it, waits, opens the next, until somebody says stop. */
export class Connection {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = { status: "idle" };
  #token: TokenSource | null = null;
  #link: Link | null = null;
  #attempt = 0;
  #cancelTimer = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** From idle or closed only. */
  start(token: TokenSource): void {
    this.#token = token;
    this.#attempt = 0;
    this.#open();
  }

  /** False: not connected. */
  send(frame: ClientFrame): boolean {
    return this.#state.status === "connected" && this.#link !== null && this.#link.send(frame);
  }

  /** Gives up this connection for a new one. */
  reconnect(message: string): void {
    this.#link?.drop(message);
  }

  /** Cuts a pause short. */
  retryNow(): void {
    if (this.#state.status !== "waiting") return;
    this.#cancelTimer();
    this.#open();
  }

  stop(message: string, error: SendsarError): void {
    switch (this.#state.status) {
      case "idle":
      case "closed":
        return;
      case "waiting":
        this.#close({ code: null, message, error });
        return;
      case "connecting":
      case "connected":
        this.#token = null;
        this.#link?.drop(message, error);
    }
  }

  #open(): void {
    const token = this.#token;
    if (!token) return;
    const { url, webSocket, clock, bounds, resume, received } = this.#options;
    this.#set({ status: "connecting", attempt: this.#attempt });
    this.#link = new Link({
      url,
      webSocket,
      clock,
      bounds,
      token: () => token.get(),
      resume,
      connected: (frame) => this.#connected(frame),
      received,
      ended: (ending) => this.#ended(ending),
    });
  }

  #connected(frame: ConnectedFrame): void {
    const { clock, bounds, greeted, connected } = this.#options;
    greeted(frame);
    this.#cancelTimer = clock.after(bounds.stableAfterMs, () => {
      this.#attempt = 0;
    });
    const connectedState = { status: "connected", sessionId: frame.sessionId, userId: frame.userId } as const;
    this.#set(connectedState);
    // Whoever listens to the state may have stopped the client.
    if (this.#state === connectedState) connected(frame);
  }

  #ended(ending: Ending): void {
    const { clock, bounds, random, dropped } = this.#options;
    this.#link = null;
    this.#cancelTimer();
    dropped();
    if (tokenExpired(ending)) this.#token?.expire();
    if (!this.#token || !mayReconnect(ending, this.#token.renewable)) {
      this.#close(ending);
      return;
    }

    const delayMs = backoffMs(this.#attempt, { ...bounds, random }, ending.error?.retryAfterMs);
    this.#attempt += 1;
    this.#cancelTimer = clock.after(delayMs, () => this.#open());
    this.#set({ status: "waiting", attempt: this.#attempt, delayMs, reason: ending });
  }

  #close(ending: Ending): void {
    this.#cancelTimer();
    this.#token = null;
    this.#set({ status: "closed", reason: ending });
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    this.#options.changed(state);
  }
}

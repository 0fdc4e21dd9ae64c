import { type ClientOptions, createClient, type SendsarClient } from "../client.ts";
import type { ServerEvent } from "../events.ts";
import type { Token } from "../token.ts";
import type { ConnectedFrame } from "../wire.ts";
import { ManualClock, settled } from "./manual-clock.ts";
import { connectedFrame, ScriptedServer, type ScriptedSocket } from "./scripted-server.ts";

/** A client whose time, chance and server are in the test's hands. */
export class Harness {
  readonly clock = new ManualClock();
  readonly server = new ScriptedServer();
  readonly events: ServerEvent[] = [];
  readonly lookups: string[] = [];
  readonly client: SendsarClient;

  constructor(options: Partial<ClientOptions> = {}) {
    this.client = createClient({
      url: "https://chat.example.com",
      webSocket: this.server.webSocket,
      clock: this.clock,
      random: () => 0.5,
      fetch: (url) => {
        this.lookups.push(url);
        return Promise.resolve({ ok: false, json: () => Promise.resolve(null) });
      },
      ...options,
    });
    this.client.on("*", (event) => this.events.push(event));
  }

  /** Connects and shakes hands. */
  async connect(frame: Partial<ConnectedFrame> = {}, token: Token = "token"): Promise<ScriptedSocket> {
    const connected = this.client.connect(token);
    await settled();
    const socket = this.greet(frame);
    await connected;
    return socket;
  }

  /** Shakes hands on the newest socket. */
  greet(frame: Partial<ConnectedFrame> = {}): ScriptedSocket {
    const { socket } = this.server;
    socket.accept();
    socket.say(connectedFrame(frame));
    return socket;
  }

  /** Waits until the client opens its next socket. */
  async nextAttempt(): Promise<ScriptedSocket> {
    const { length } = this.server.sockets;
    for (let step = 0; step < 1_000 && this.server.sockets.length === length; step += 1) {
      await this.clock.advance(100);
    }
    return this.server.socket;
  }

  /** Waits for the next attempt and shakes hands again. */
  async reconnect(frame: Partial<ConnectedFrame> = {}): Promise<ScriptedSocket> {
    await this.nextAttempt();
    const socket = this.greet(frame);
    await settled();
    return socket;
  }

  seqs(): (number | string)[] {
    return this.events.map((event) => ("seq" in event ? event.seq : event.type));
  }
}

/** A promise's end, looked at without waiting for it. */
export function outcomeOf<T>(promise: Promise<T>): {
  readonly settled: () => boolean;
  readonly value: () => T | unknown;
} {
  let state: { readonly value: unknown } | null = null;
  promise.then(
    (value) => {
      state = { value };
    },
    (error: unknown) => {
      state = { value: error };
    },
  );
  return { settled: () => state !== null, value: () => state?.value };
}

/** A token with nothing but its times, which is all that a client reads of it. */
export function tokenLasting(of: {
  readonly issuedAtMs: number;
  readonly seconds: number;
  readonly name?: string;
}): string {
  const iat = Math.floor(of.issuedAtMs / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "EdDSA" })}.${part({ sub: of.name ?? "rider", iat, exp: iat + of.seconds })}.signature`;
}

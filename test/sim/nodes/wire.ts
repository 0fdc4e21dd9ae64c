import { EventEmitter } from "node:events";
import type { WebSocket } from "ws";
import type { SocketLike } from "#sdk/js/src/socket.ts";
import type { World } from "../engines/memory-log.ts";
import type { Machine } from "../machine.ts";

const usualMs = 10;
const lostCode = 1006;

/** What a gateway needs to be to be dialled. */
export interface Listening {
  readonly machine: Machine;
  readonly accept: (socket: WebSocket) => void;
}

type Listener = (event: { readonly data: unknown; readonly code: number; readonly reason: string }) => void;

/** A connection between a device and a gateway, as both ends see it. What goes one way stays in order. */
export class Wire {
  readonly #world: World;
  readonly #device: Machine;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #frame: (from: "device" | "gateway", text: string) => void;
  readonly #lastAtMs = { device: 0, gateway: 0 };
  #gateway: Machine | null = null;
  #server: ServerEnd | null = null;
  #isCut = false;
  #deviceIsDone = false;

  /** @param frame is told of every frame that the device says, and of every one that has come to it. */
  constructor(
    world: World,
    device: Machine,
    dial: () => Listening | null,
    frame: (from: "device" | "gateway", text: string) => void,
  ) {
    this.#world = world;
    this.#device = device;
    this.#frame = frame;
    this.#pass("device", device, () => this.#open(dial()));
  }

  get gateway(): Machine | null {
    return this.#gateway;
  }

  get isWhole(): boolean {
    return !this.#isCut && this.#server?.readyState === 1 && this.#gateway?.alive === true;
  }

  /** The device's end. */
  get client(): SocketLike {
    return {
      send: (text) => {
        if (this.#deviceIsDone) return;
        this.#frame("device", text);
        this.#toGateway((server) => server.emit("message", Buffer.from(text), false));
      },
      close: (code = 1000) => {
        this.#deviceIsDone = true;
        this.#toGateway((server) => server.end(code));
      },
      addEventListener: (type: string, listener: unknown) => {
        this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener as Listener]);
      },
    };
  }

  /** The network between them is gone. Silent: neither end is told. */
  cut({ silent }: { readonly silent: boolean }): void {
    if (this.#isCut) return;
    this.#isCut = true;
    if (silent) return;
    const { weather } = this.#world;
    this.#device.after(weather.delayMs(usualMs), () => this.#close(lostCode, ""));
    this.#gateway?.after(weather.delayMs(usualMs), () => this.#server?.end(lostCode));
  }

  toDevice(text: string): void {
    this.#pass("device", this.#device, () => {
      if (this.#deviceIsDone) return;
      this.#frame("gateway", text);
      this.#emit("message", { data: text });
    });
  }

  closeDevice(code: number, reason: string): void {
    this.#pass("device", this.#device, () => {
      this.#close(code, reason);
      this.#toGateway((server) => server.end(code));
    });
  }

  /** A sign of life is asked for, and given where the device is there. */
  probe(): void {
    this.#pass("device", this.#device, () => {
      if (!this.#deviceIsDone) this.#toGateway((server) => server.emit("pong"));
    });
  }

  taken(callback: () => void): void {
    this.#gateway?.after(this.#world.weather.delayMs(1), callback);
  }

  #open(gateway: Listening | null): void {
    if (this.#deviceIsDone) return;
    if (gateway === null) {
      this.#emit("error", {});
      this.#close(lostCode, "");
      return;
    }
    this.#gateway = gateway.machine;
    this.#server = new ServerEnd(this);
    gateway.accept(this.#server as unknown as WebSocket);
    this.#pass("device", this.#device, () => this.#emit("open", {}));
  }

  #toGateway(what: (server: ServerEnd) => void): void {
    if (this.#gateway === null) return;
    this.#pass("gateway", this.#gateway, () => {
      if (this.#server !== null) what(this.#server);
    });
  }

  #pass(to: "device" | "gateway", machine: Machine, what: () => void): void {
    const { time, weather } = this.#world;
    const atMs = Math.max(time.nowMs() + weather.delayMs(usualMs), this.#lastAtMs[to] + 0.01);
    this.#lastAtMs[to] = atMs;
    machine.after(atMs - time.nowMs(), () => {
      if (!this.#isCut) what();
    });
  }

  #close(code: number, reason: string): void {
    if (this.#deviceIsDone) return;
    this.#deviceIsDone = true;
    this.#emit("close", { code, reason });
  }

  #emit(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as Parameters<Listener>[0]);
  }
}

/** A gateway's end: as much of a WebSocket as a connection uses. */
class ServerEnd extends EventEmitter {
  readonly OPEN = 1;
  readonly bufferedAmount = 0;
  readyState = 1;
  readonly #wire: Wire;

  constructor(wire: Wire) {
    super();
    this.#wire = wire;
  }

  send(frame: string | Buffer, _options: object, taken?: () => void): void {
    this.#wire.toDevice(frame.toString());
    if (taken !== undefined) this.#wire.taken(taken);
  }

  close(code: number, reason: string): void {
    if (this.readyState !== 1) return;
    this.readyState = 2;
    this.#wire.closeDevice(code, reason);
  }

  terminate(): void {
    this.readyState = 2;
    this.#wire.taken(() => this.end(lostCode));
    this.#wire.cut({ silent: false });
  }

  ping(): void {
    this.#wire.probe();
  }

  end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.emit("close", code);
  }
}

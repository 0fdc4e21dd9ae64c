import { createClient, type SendsarClient, type SocketConstructor } from "#sdk/js/src/client.ts";
import type { ClientFrame } from "#shared/protocol/frames.ts";
import { recordedSend } from "#test/history-checker/record-client.ts";
import type { HistoryRecorder, SubscriberRecord } from "#test/history-checker/recorder.ts";
import type { World } from "../engines/memory-log.ts";
import { Machine } from "../machine.ts";
import type { Random } from "../random.ts";
import { ApplicationRecord } from "./application-record.ts";
import { type Listening, Wire } from "./wire.ts";

export interface Who {
  readonly tenantId: string;
  readonly userId: string;
}

interface DeviceOf extends Who {
  readonly name: string;
  /** Its user comes and goes in rooms, so that nobody can say what it must have at the end. */
  readonly comesAndGoes: boolean;
}

/**
 * One user's device, with the real client on it. Taken down twice: what the client hands to its application, through
 * all connections; and what each connection brought, where nothing hides what a gateway does wrong.
 */
export class Device {
  readonly of: DeviceOf;
  readonly #world: World;
  readonly #random: Random;
  readonly #dial: () => Listening | null;
  readonly #recorder: HistoryRecorder;
  readonly #application: ApplicationRecord;
  readonly #network: SubscriberRecord;
  #machine: Machine;
  #client: SendsarClient;
  #wire: Wire | null = null;

  constructor(
    world: World,
    of: DeviceOf,
    deps: { random: Random; dial: () => Listening | null; recorder: HistoryRecorder },
  ) {
    this.of = of;
    this.#world = world;
    this.#random = deps.random;
    this.#dial = deps.dial;
    this.#recorder = deps.recorder;
    const application = deps.recorder.subscriber(of);
    this.#application = new ApplicationRecord(application, of.userId);
    this.#network = deps.recorder.subscriber(of);
    if (of.comesAndGoes) for (const record of [application, this.#network]) record.incomplete();
    this.#machine = new Machine(world.time, of.name, 0);
    this.#client = this.#start({});
  }

  /** The newest seq of each room that its application has. */
  get cursors(): Readonly<Record<string, number>> {
    return this.#client.resumeState;
  }

  /** And the connection is not one of which only one end knows. */
  get isConnected(): boolean {
    return this.#client.state.status === "connected" && this.#wire?.isWhole === true;
  }

  get unsent(): number {
    return this.#client.unsent;
  }

  get gateway(): Machine | null {
    return this.#wire?.gateway ?? null;
  }

  /** @param isJudged false: the room may refuse it after it was acknowledged. */
  send(roomId: string, clientId: string, body: string, { isJudged }: { isJudged: boolean }): void {
    const send = { ...this.of, roomId, clientId, body };
    if (isJudged) {
      void recordedSend(this.#recorder, this.#client, send);
      return;
    }
    this.#recorder.send({ tenantId: this.of.tenantId, roomId, senderId: this.of.userId, clientId, body });
    this.#client.send(roomId, { clientId, body }).catch(() => undefined);
  }

  /** Reads all that it has seen of a room. */
  read(roomId: string): void {
    const number = this.#client.rooms.get(roomId)?.number ?? 0;
    this.#client.markRead(roomId, number).catch(() => undefined);
  }

  cut(how: { readonly silent: boolean }): void {
    this.#wire?.cut(how);
  }

  /** The application dies and is started again, with what it had kept of where it stood, or without. */
  restart({ forgets }: { readonly forgets: boolean }): void {
    const resume = forgets ? {} : this.#client.resumeState;
    this.#wire?.cut({ silent: false });
    this.#machine.crash();
    this.#machine = new Machine(this.#world.time, this.of.name, 0);
    this.#client = this.#start(resume);
  }

  #start(resume: Record<string, number>): SendsarClient {
    const { time, trace } = this.#world;
    const machine = this.#machine;
    const device = this;
    const socket = class {
      constructor() {
        // biome-ignore lint/correctness/noConstructorReturn: the client asks for a class and needs a socket.
        return device.#dialled();
      }
    };
    const client = createClient({
      url: "http://simulated",
      resume,
      clock: { now: () => time.nowMs(), after: (ms, callback) => machine.after(ms, callback) },
      random: () => this.#random.next(),
      webSocket: socket as unknown as SocketConstructor,
      fetch: async () => ({ ok: false, json: async () => null }),
    });
    this.#application.started(resume);
    client.on("connected", ({ rooms }) => this.#application.listed(rooms));
    client.on("*", (event) => {
      if (!machine.alive || !("seq" in event || event.type === "room.gap")) return;
      trace.note(this.of.name, () => `has ${JSON.stringify(event)}`);
      this.#application.saw(event);
    });
    client.connect(`${this.of.tenantId}/${this.of.userId}`).catch(() => undefined);
    return client;
  }

  #dialled() {
    const wire = new Wire(this.#world, this.#machine, this.#dial, (from, text) => {
      const frame = JSON.parse(text) as { type: string } & Record<string, unknown>;
      this.#world.trace.note(this.of.name, () => `${from === "device" ? "says" : "hears"} ${named(frame)}`);
      if (from === "device") this.#said(frame as unknown as ClientFrame);
      else this.#heard(frame);
    });
    this.#wire = wire;
    return wire.client;
  }

  #said(frame: ClientFrame): void {
    if (frame.type === "connect") this.#network.session(frame.resume);
  }

  #heard(frame: { readonly type: string } & Record<string, unknown>): void {
    if (frame.type === "connected") this.#network.listed(frame.rooms as { roomId: string; seq: number }[]);
    else if (frame.type === "room.gap" || "seq" in frame) {
      this.#network.saw(frame as unknown as Parameters<SubscriberRecord["saw"]>[0]);
    }
  }
}

/** Ids of sessions and requests are new in every run. */
function named({ type, ref, roomId, seq, clientId }: Record<string, unknown>): string {
  return [type, ref, roomId, seq, clientId].filter((part) => part !== undefined).join(" ");
}

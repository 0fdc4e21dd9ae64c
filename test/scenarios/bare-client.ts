import { WebSocket } from "ws";
import { within } from "./eventually.ts";

/** Any frame, as one who has only read the contract knows it. */
export interface Frame {
  readonly type: string;
  readonly ref?: string | number;
  readonly roomId?: string;
  readonly seq?: number;
  readonly number?: number;
  readonly body?: string | null;
  readonly unread?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly [field: string]: unknown;
}

interface RoomOfHandshake {
  readonly roomId: string;
  readonly seq: number;
  readonly unread: number;
  readonly [field: string]: unknown;
}

export interface Connected extends Frame {
  readonly sessionId: string;
  readonly userId: string;
  readonly tenantId: string;
  readonly rooms: readonly RoomOfHandshake[];
  readonly heartbeatSeconds: number;
}

const waitMs = 15_000;

/** A client that knows the public contract and nothing else: written from it alone, on a plain WebSocket. */
export class BareClient {
  /** Everything that came, in order. */
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #heard = new Set<() => void>();
  #refs = 0;

  private constructor(socket: WebSocket, hear: (frame: Frame) => void) {
    this.#socket = socket;
    socket.on("message", (data) => {
      const frame = JSON.parse(data.toString()) as Frame;
      this.frames.push(frame);
      hear(frame);
      for (const heard of this.#heard) heard();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /**
   * @param url of the API, as for REST.
   * @param hear is told of every frame as it comes.
   */
  static async open(url: string, hear: (frame: Frame) => void = () => {}): Promise<BareClient> {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/connect`);
    const client = new BareClient(socket, hear);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.on("error", reject);
    });
    return client;
  }

  /** Sends the first frame and waits for `connected`. */
  async connect(token: string, resume?: Readonly<Record<string, number>>): Promise<Connected> {
    this.sendJson({ type: "connect", token, ...(resume === undefined ? {} : { resume }) });
    const answer = await this.next(({ type }) => type === "connected" || type === "error");
    if (answer.type === "error") throw new Error(`connect: ${JSON.stringify(answer.error)}`);
    return answer as Connected;
  }

  /** Asks with a `ref` of its own, and waits for the answer that carries it. */
  async request(frame: { readonly type: string; readonly [field: string]: unknown }): Promise<Frame> {
    const ref = `ref-${++this.#refs}`;
    this.sendJson({ ...frame, ref });
    return this.next((answer) => answer.ref === ref);
  }

  /** Sends a message. @throws Error when it is refused. */
  async send(roomId: string, clientId: string, body: string): Promise<string> {
    const answer = await this.request({ type: "message.send", roomId, clientId, body });
    if (answer.type !== "ok") throw new Error(`message.send: ${JSON.stringify(answer)}`);
    return answer.messageId as string;
  }

  sendJson(value: unknown): void {
    this.sendRaw(JSON.stringify(value));
  }

  sendRaw(data: string | Uint8Array, options: { readonly binary?: boolean } = {}): void {
    this.#socket.send(data, { binary: options.binary ?? false });
  }

  /** The first frame that fits, among those that came and those that will. */
  next(fits: (frame: Frame) => boolean, withinMs = waitMs): Promise<Frame> {
    const wanted = new Promise<Frame>((resolve, reject) => {
      const look = () => {
        const found = this.frames.find(fits);
        if (found === undefined) return;
        this.#heard.delete(look);
        resolve(found);
      };
      this.#heard.add(look);
      look();
      void this.closed.then(({ code, reason }) => reject(new Error(`closed with ${code} ${reason}`)));
    });
    return within(withinMs, wanted, `no such frame among ${JSON.stringify(this.frames).slice(0, 2_000)}`);
  }

  /** The first durable event of the room with this seq or a later one. */
  reached(roomId: string, seq: number): Promise<Frame> {
    return this.next((frame) => frame.roomId === roomId && (frame.seq ?? 0) >= seq);
  }

  message(roomId: string, body: string): Promise<Frame> {
    return this.next(
      (frame) => frame.type === "message.created" && frame.roomId === roomId && frame.body === body,
    );
  }

  /** The durable events of a room, as they came. */
  events(roomId: string): Frame[] {
    return this.frames.filter((frame) => frame.roomId === roomId && frame.seq !== undefined);
  }

  /** What was said in a room, as it came. */
  bodies(roomId: string): unknown[] {
    return this.events(roomId)
      .filter(({ type }) => type === "message.created")
      .map(({ body }) => body);
  }

  /** Resolves when the server has answered everything that was asked before: a quiet room has nothing more to say. */
  async settled(): Promise<void> {
    await this.request({ type: "ping" });
  }

  /** Reads and answers nothing from here on, as a client whose network is gone. */
  stopReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  /** Closes as one should. */
  async close(): Promise<void> {
    this.#socket.close(1000);
    await this.closed;
  }

  /** Drops the connection without a word. */
  async terminate(): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }
}

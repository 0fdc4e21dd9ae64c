import type { SocketConstructor, SocketLike } from "../socket.ts";
import type { ClientFrame, ConnectedFrame, DurableEvent, RoomSummary, ServerFrame } from "../wire.ts";

type Listeners = { [Type in "open" | "error" | "message" | "close"]: ((event: never) => void)[] };

/** The server's end of one socket, moved by hand. */
export class ScriptedSocket implements SocketLike {
  readonly url: string;
  readonly received: ClientFrame[] = [];
  /** The client closed it, or the network did. */
  closed = false;
  readonly #listeners: Listeners = { open: [], error: [], message: [], close: [] };

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(type: keyof Listeners, listener: (event: never) => void): void {
    this.#listeners[type].push(listener);
  }

  send(text: string): void {
    if (!this.closed) this.received.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.closed = true;
  }

  /** Frames of one type, in the order of their coming. */
  of<Type extends ClientFrame["type"]>(type: Type): Extract<ClientFrame, { type: Type }>[] {
    return this.received.filter(
      (frame): frame is Extract<ClientFrame, { type: Type }> => frame.type === type,
    );
  }

  accept(): void {
    this.#emit("open", {});
  }

  say(
    frame: ServerFrame | DurableEvent | { readonly type: string; readonly [field: string]: unknown },
  ): void {
    this.#emit("message", { data: JSON.stringify(frame) });
  }

  sayText(data: unknown): void {
    this.#emit("message", { data });
  }

  shut(code: number, reason = ""): void {
    this.closed = true;
    this.#emit("close", { code, reason });
  }

  #emit(type: keyof Listeners, event: object): void {
    for (const listener of this.#listeners[type]) (listener as (event: object) => void)(event);
  }
}

/** Takes every socket that the client opens, and leaves the rest to the test. */
export class ScriptedServer {
  readonly sockets: ScriptedSocket[] = [];
  readonly webSocket: SocketConstructor;

  constructor() {
    const { sockets } = this;
    this.webSocket = class extends ScriptedSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    };
  }

  /** The newest socket. */
  get socket(): ScriptedSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("the client has opened no socket");
    return socket;
  }
}

export const connectedFrame = (of: Partial<ConnectedFrame> = {}): ConnectedFrame => ({
  type: "connected",
  sessionId: "ses_1",
  userId: "rider",
  tenantId: "acme",
  rooms: [],
  unreadTotal: 0,
  heartbeatSeconds: 25,
  ...of,
});

export const room = (of: Partial<RoomSummary> = {}): RoomSummary => ({
  roomId: "trip",
  type: "direct",
  name: null,
  custom: null,
  state: "open",
  freezeAt: null,
  closeAt: null,
  closedAt: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  seq: 0,
  number: 0,
  memberCount: 2,
  lastMessage: null,
  call: null,
  role: "member",
  readNumber: 0,
  unread: 0,
  muted: false,
  capabilities: ["message.send", "typing.start", "room.read"],
  ...of,
});

const envelope = { tenantId: "acme", roomId: "trip", at: "2026-01-01T00:00:01.000Z" };

export const message = (
  seq: number,
  of: Partial<Extract<DurableEvent, { type: "message.created" }>> = {},
): DurableEvent => ({
  type: "message.created",
  ...envelope,
  seq,
  messageId: `msg_${String(seq).padStart(22, "0")}`,
  number: seq,
  senderId: "driver",
  kind: "text",
  body: `message ${seq}`,
  attachments: [],
  mentions: [],
  replyToId: null,
  threadId: null,
  threadCount: null,
  custom: null,
  clientId: null,
  silent: false,
  unread: 0,
  ...of,
});

/** Any other event of a room. */
export const event = <Type extends DurableEvent["type"]>(
  type: Type,
  of: Omit<Extract<DurableEvent, { type: Type }>, "type" | "capabilities" | keyof typeof envelope> &
    Partial<Extract<DurableEvent, { type: Type }>>,
): { readonly type: string; readonly [field: string]: unknown } => ({ type, ...envelope, ...of });

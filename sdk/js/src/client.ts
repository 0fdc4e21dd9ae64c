import { addressesOf } from "./addresses.ts";
import type { Asking } from "./asking.ts";
import { defaultBounds } from "./bounds.ts";
import { Calls } from "./calls.ts";
import { newClientId } from "./client-id.ts";
import type { ClientOptions, HistoryPage, HistoryQuery, SendContent } from "./client-options.ts";
import { systemClock } from "./clock.ts";
import { Connection, type ConnectionState } from "./connection.ts";
import { type Ending, stopError } from "./ending.ts";
import { SendsarError } from "./errors.ts";
import type { ClientEvent, ClientEvents, ServerEvent } from "./events.ts";
import type { Fetch } from "./fetch.ts";
import { Greeting } from "./greeting.ts";
import { History } from "./history.ts";
import { Listeners, throwOutside } from "./listeners.ts";
import { Markers } from "./markers.ts";
import { Media } from "./media.ts";
import { Messages } from "./messages.ts";
import { onOnline } from "./online.ts";
import { Outbox, type SendResult } from "./outbox.ts";
import { OwnSettings } from "./own-settings.ts";
import { type Presence, PresenceWatch } from "./presence-watch.ts";
import { Receiving } from "./receiving.ts";
import { Refresher } from "./refresher.ts";
import { Requests } from "./requests.ts";
import { Rest } from "./rest.ts";
import { Resume, type ResumeState } from "./resume.ts";
import { type ClosedRooms, RoomLookup } from "./room-lookup.ts";
import { type Room, Rooms } from "./rooms.ts";
import { type Token, TokenSource } from "./token.ts";
import { Typing } from "./typing.ts";
import type { Capability, ConnectedFrame } from "./wire.ts";

export type { Bounds } from "./bounds.ts";
export type { CallPage, Calls } from "./calls.ts";
export { newClientId } from "./client-id.ts";
export type { ClientOptions, HistoryPage, HistoryQuery, SendContent } from "./client-options.ts";
export type { Clock } from "./clock.ts";
export type { ConnectionState } from "./connection.ts";
export type { Ending } from "./ending.ts";
export { type ClientErrorCode, type ErrorDetail, SendsarError } from "./errors.ts";
export type { ClientEvents, ServerEvent } from "./events.ts";
export type { Fetch } from "./fetch.ts";
export type { Media, UploadOptions } from "./media.ts";
export { changedMessage, type MessageChange, type MessageUpdate, toMessage } from "./message.ts";
export type { SendResult } from "./outbox.ts";
export type { Presence } from "./presence-watch.ts";
export type { ResumeState } from "./resume.ts";
export type { ClosedRooms, MessageReport } from "./room-lookup.ts";
export type { Room } from "./rooms.ts";
export type { SocketConstructor, SocketLike } from "./socket.ts";
export type { Token } from "./token.ts";
export type {
  Attachment,
  Call,
  CallAnswer,
  CallParticipant,
  CallPost,
  CallQuality,
  CallQualityPost,
  Capability,
  LiveKitAccess,
  MediaInfo,
  Member,
  Message,
  MessageContent,
  ServerErrorCode,
} from "./wire.ts";

export function createClient(options: ClientOptions): SendsarClient {
  return new SendsarClient(options);
}

/** One user's connection, and what the user needs it for. Made once, connected as long as the user is there. */
export class SendsarClient {
  /** Says that the user types: `start(roomId)` at each keystroke; `stop(roomId)` only when it gives up. */
  readonly typing: Typing;
  /** Files that messages name. */
  readonly media: Media;
  /** Voice and video. */
  readonly calls: Calls;
  /** Changes messages that are there. */
  readonly messages: Messages;
  /** What the user wants for itself: whom it blocks, what others may know. */
  readonly own: OwnSettings;
  readonly #tokens: ConstructorParameters<typeof TokenSource>[1];
  readonly #listeners: Listeners<ServerEvent | ClientEvent>;
  readonly #connection: Connection;
  readonly #greeting: Greeting;
  readonly #requests: Requests;
  readonly #outbox: Outbox;
  readonly #read: Markers;
  readonly #delivered: Markers;
  readonly #history: History;
  readonly #presence: PresenceWatch;
  /** What is asked for until it is answered, over all connections. */
  readonly #asking: readonly Asking[];
  readonly #refresher: Refresher;
  readonly #resume: Resume;
  readonly #rooms: Rooms;
  readonly #lookup: RoomLookup;
  readonly #receiving: Receiving;
  #token: TokenSource | null = null;
  #user: { readonly tenantId: string; readonly userId: string } | null = null;
  #stopListening = () => {};

  constructor(options: ClientOptions) {
    const { apiUrl, socketUrl } = addressesOf(options.url);
    const bounds = { ...defaultBounds, ...options.bounds };
    const clock = options.clock ?? systemClock;
    const random = options.random ?? Math.random;
    this.#tokens = { clock, random, ...bounds };
    this.#listeners = new Listeners(options.onHandlerError ?? throwOutside);
    this.#resume = new Resume(options.resume);
    this.#rooms = new Rooms(bounds.closedRoomsMax);
    this.#greeting = new Greeting({ clock, ...bounds });
    this.#connection = new Connection({
      url: socketUrl,
      webSocket: options.webSocket ?? globalThis.WebSocket,
      clock,
      random,
      bounds,
      resume: () => this.#resume.state,
      greeted: (frame) => this.#greeted(frame),
      connected: (frame) => this.#connected(frame),
      received: (frame) => this.#receiving.received(frame),
      dropped: () => this.#dropped(),
      changed: (state) => this.#changed(state),
    });
    this.#requests = new Requests({ clock, ...bounds, send: (frame) => this.#connection.send(frame) });
    const waiting = { clock, random, bounds, request: this.#requests.request.bind(this.#requests) };
    this.#outbox = new Outbox(waiting);
    this.messages = new Messages(
      (frame) => this.#unlessClosed(() => this.#outbox.change(frame)),
      (...of) => this.#lookup.report(...of),
    );
    this.#read = new Markers({ ...waiting, type: "room.read" });
    this.#delivered = new Markers({ ...waiting, type: "room.delivered" });
    this.#history = new History(waiting);
    this.own = new OwnSettings(waiting.request);
    this.#refresher = new Refresher(waiting);
    this.#presence = new PresenceWatch({
      ...waiting,
      changed: (presence) => {
        const at = new Date(clock.now()).toISOString();
        const tenantId = this.#user?.tenantId ?? "";
        this.#receiving.transient({ type: "presence.changed", tenantId, ...presence, at });
      },
    });
    this.#asking = [this.#outbox, this.#read, this.#delivered, this.#presence];
    this.typing = new Typing({ clock, bounds, send: (frame) => this.#connection.send(frame) });
    const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    const rest = new Rest({
      apiUrl,
      fetch,
      token: () => this.#token?.get() ?? Promise.reject(this.#stopped()),
      waitMsMax: bounds.answerWaitMsMax,
    });
    this.media = new Media({ rest, fetch, uploadMsMax: bounds.uploadMsMax });
    this.calls = new Calls(rest, clock);
    this.#lookup = new RoomLookup({
      rest,
      inFlightMax: bounds.roomLookupsInFlightMax,
      waitingMax: bounds.roomLookupsWaitingMax,
      found: (room) => {
        if (this.#rooms.found(room)) this.#listeners.emit({ type: "rooms" }, "rooms");
      },
    });
    this.#receiving = new Receiving({
      requests: this.#requests,
      resume: this.#resume,
      rooms: this.#rooms,
      lookup: this.#lookup,
      outbox: this.#outbox,
      presence: this.#presence,
      listeners: this.#listeners,
      userId: () => this.#user?.userId ?? "",
      reconnect: (reason) => this.#connection.reconnect(reason),
    });
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** The user's rooms, by id. The map is live; each room in it is a value that is replaced, never changed. */
  get rooms(): ReadonlyMap<string, Room> {
    return this.#rooms.all;
  }

  /** The newest seq of each room that was handed over. Give it to the next client as `resume`. */
  get resumeState(): ResumeState {
    return this.#resume.state;
  }

  /** Sends that wait for their answer. */
  get unsent(): number {
    return this.#outbox.size;
  }

  /**
   * Connects, and stays connected until `disconnect()` or until the server says that coming back is of no use.
   *
   * Handlers are best added before: events may follow the handshake at once.
   *
   * @param token a session token, or a function that gets one; only with a function can the client outlive its token.
   * @returns what the handshake says. Rejects with `connect_timeout` after a minute, while the client goes on trying,
   *   and with the server's reason when it stops.
   */
  connect(token: Token): Promise<ConnectedFrame> {
    if (this.state.status !== "idle" && this.state.status !== "closed") {
      return Promise.reject(
        new SendsarError("already_connected", "the client is connected or about to be", { retryable: false }),
      );
    }
    const source = new TokenSource(token, this.#tokens);
    this.#token = source;
    this.#stopListening = onOnline(() => this.retryNow());
    const greeted = this.#greeting.wait();
    this.#connection.start(source);
    return greeted;
  }

  /** Ends the connection for good. Sends without an answer reject with `disconnected`; `connect` starts anew. */
  disconnect(): void {
    this.#connection.stop("disconnected by the application", this.#stopped());
  }

  /** Cuts the pause before the next attempt short: the application knows that the network is back. */
  retryNow(): void {
    this.#connection.retryNow();
  }

  /**
   * Hears events: those of the server by their type or all of them by `*`, and the client's own `state`,
   * `connected`, `disconnected` and `rooms`.
   *
   * @returns a function that ends it.
   */
  on<Type extends keyof ClientEvents>(type: Type, handler: (event: ClientEvents[Type]) => void): () => void {
    return this.#listeners.add(type, handler as (event: ServerEvent | ClientEvent) => void);
  }

  /**
   * Sends a message, now or as soon as there is a connection; in order within the room.
   *
   * @param content as in REST. `clientId` names the message for ever: a repeat makes no second one.
   * @returns once it is durable. Rejects with SendsarError when the server refuses it, the outbox is full, it waited
   *   for a day, or the client is stopped.
   */
  send(roomId: string, content: SendContent): Promise<SendResult> {
    const clientId = content.clientId ?? newClientId();
    this.typing.sent(roomId);
    return this.#unlessClosed(() => this.#outbox.add({ type: "message.send", roomId, ...content, clientId }));
  }

  /** Marks everything up to message `number` as read, now or as soon as there is a connection. */
  markRead(roomId: string, number: number): Promise<void> {
    return this.#unlessClosed(() => this.#read.move(roomId, number));
  }

  /** Marks everything up to message `number` as delivered: this device has it. Waits like `markRead`. */
  markDelivered(roomId: string, number: number): Promise<void> {
    return this.#unlessClosed(() => this.#delivered.move(roomId, number));
  }

  /** Marks message `number` and all after it as unread again, for this user alone. Rejects without a connection. */
  async markUnread(roomId: string, number: number): Promise<void> {
    await this.#requests.request({ type: "room.unread", roomId, number });
  }

  /** What is unread in all rooms that are not muted: for a badge. */
  get unreadTotal(): number {
    return this.#rooms.unreadTotal;
  }

  /** One page of the user's closed rooms, latest closed first; `next` is the `cursor` of the following. */
  closedRooms(query: { readonly cursor?: string; readonly limit?: number } = {}): Promise<ClosedRooms> {
    return this.#lookup.closedRooms(query);
  }

  /** Whether the user may do this in the room now: by the server's own table. */
  can(capability: Capability, roomId: string): boolean {
    return this.#rooms.all.get(roomId)?.capabilities.includes(capability) ?? false;
  }

  /** How each watched user stands, by id. Live, like `rooms`. */
  get presence(): ReadonlyMap<string, Presence> {
    return this.#presence.all;
  }

  /** Watches these users and no others, now and over reconnects: `presence.changed` tells what changes. */
  watchPresence(userIds: readonly string[]): Promise<readonly Presence[]> {
    return this.#unlessClosed(() => this.#presence.watch(userIds));
  }

  /** Reads one page of a room's messages. Rejects with `not_connected` when there is no connection now. */
  history(roomId: string, query: HistoryQuery = {}): Promise<HistoryPage> {
    return this.#history.read(roomId, query);
  }

  #greeted(frame: ConnectedFrame): void {
    const { tenantId, userId } = frame;
    if (this.#user && (this.#user.tenantId !== tenantId || this.#user.userId !== userId))
      this.#resume.clear();
    this.#user = { tenantId, userId };
    this.#rooms.reset(frame.rooms);
  }

  #connected(frame: ConnectedFrame): void {
    const gaps = this.#resume.greeted(frame.rooms);
    if (this.#token) this.#refresher.start(this.#token);
    this.#greeting.resolve(frame);
    this.#listeners.emit(frame, "connected");
    this.#listeners.emit({ type: "rooms" }, "rooms");
    for (const gap of gaps) this.#listeners.emit(gap, gap.type, "*");
    for (const asking of this.#asking) asking.connected();
  }

  #dropped(): void {
    this.#refresher.stop();
    for (const asking of this.#asking) asking.dropped();
    this.typing.dropped();
    this.#lookup.clear();
    this.#requests.connectionLost();
  }

  #changed(state: ConnectionState): void {
    const reason = state.status === "closed" ? state.reason : null;
    if (reason !== null) this.#closed(reason);
    this.#listeners.emit({ type: "state", state }, "state");
    if (reason !== null) this.#listeners.emit({ type: "disconnected", reason }, "disconnected");
  }

  #closed(reason: Ending): void {
    const error = reason.error ?? stopError(reason);
    this.#token = null;
    this.#stopListening();
    this.#greeting.reject(error);
    for (const asking of this.#asking) asking.failAll(error);
  }

  #unlessClosed<T>(ask: () => Promise<T>): Promise<T> {
    return this.state.status === "closed" ? Promise.reject(this.#stopped()) : ask();
  }

  #stopped(): SendsarError {
    return new SendsarError("disconnected", "the client is disconnected", { retryable: true });
  }
}

import type { RawData, WebSocket } from "ws";
import type { Clock, Timers } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { type CloseReason, closeCodes } from "#shared/errors/close-codes.ts";
import { newRequestId } from "#shared/http/request-id.ts";
import { limits } from "#shared/limits.ts";
import type { ClientFrame, ConnectFrame } from "#shared/protocol/frames.ts";
import type { Session } from "../session/session.ts";
import { checkFrame, type RawFrame, readFrame } from "./client-frames.ts";
import { FrameRate } from "./frame-rate.ts";
import { Outbox } from "./outbox.ts";

/** A socket's way: waits for `connect`, is being connected (what comes meanwhile waits), is live, is over. */
type State =
  | { readonly phase: "waiting" }
  | { readonly phase: "connecting"; readonly early: RawFrame[] }
  | { readonly phase: "live"; readonly session: Session }
  | { readonly phase: "over" };

export interface ConnectionDeps {
  readonly clock: Clock & Timers;
  /** Frames that a socket of this tenant may send in a window, without a wait. */
  readonly framesMax: (tenantId: string) => number;
  /** Makes the session and tells its client all it needs. Throws AppError. */
  readonly connect: (connection: Connection, frame: ConnectFrame) => Promise<Session>;
  /** Does what a frame of a connected client asks, and returns the answer's fields; null: only a `ref` asks for one. Throws AppError. */
  readonly handle: (session: Session, frame: Exclude<ClientFrame, ConnectFrame>) => Promise<object | null>;
  readonly gone: (connection: Connection) => void;
  readonly count: (type: string, outcome: string) => void;
  readonly signalDropped: () => void;
  readonly closing: (reason: CloseReason) => void;
  readonly log: (error: AppError, requestId: string) => void;
}

/** Codes of a failed `connect` that have a close of their own; any other is a fault of ours. */
const closeOfConnectError: Partial<Record<string, CloseReason>> = {
  unauthenticated: "unauthenticated",
  token_expired: "token_expired",
  token_revoked: "token_revoked",
  invalid_request: "connect_expected",
  rate_limited: "overloaded",
  overloaded: "overloaded",
  service_unavailable: "unavailable",
  store_unavailable: "unavailable",
  log_unavailable: "unavailable",
  draining: "draining",
};

const ignore = () => undefined;
const waiting: State = { phase: "waiting" };
const over: State = { phase: "over" };

function readOrNull(bytes: Buffer): RawFrame | null {
  try {
    return readFrame(bytes);
  } catch {
    return null;
  }
}

/** One WebSocket and its frames. What they mean is the session's business. */
export class Connection {
  lastHeardMs: number;
  /** Set as soon as it is known who connects, so that nothing held for it outlives the socket. */
  session: Session | null = null;
  readonly #socket: WebSocket;
  readonly #outbox: Outbox;
  readonly #deps: ConnectionDeps;
  #state: State = waiting;
  readonly #rate = new FrameRate();
  #inFlight = 0;
  /** Ends the wait for the connect frame; null when that is over, as it would keep the timer in memory. */
  #stopWaiting: (() => void) | null;

  constructor(socket: WebSocket, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.lastHeardMs = deps.clock.nowMs();
    this.#outbox = new Outbox(socket);
    this.#stopWaiting = deps.clock.after(limits.connectFrameWaitMsMax, () => this.close("connect_timeout"));
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => this.#heard());
    // The reason is in the close code that ws has sent (1007, 1009); without a listener it would end the process.
    socket.on("error", ignore);
    socket.on("close", () => this.#end());
  }

  get outboxBytes(): number {
    return this.#outbox.bytes;
  }

  send(frame: string | Buffer, taken?: () => void): void {
    if (!this.#outbox.send(frame, taken)) this.close("slow_reader");
  }

  signal(frame: string | Buffer): void {
    if (!this.#outbox.signal(frame)) this.#deps.signalDropped();
  }

  drained(): Promise<void> {
    return this.#outbox.drained(this.#deps.clock);
  }

  /** Asks the peer for a sign of life, at the level of the protocol. */
  probe(): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  close(reason: CloseReason): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#deps.closing(reason);
    this.#socket.close(closeCodes[reason].code, reason);
    // A dead peer never answers the close. (One that reads slowly is given ws's 30 s to get it.)
    if (reason === "heartbeat_timeout") this.#socket.terminate();
  }

  /** Ends it without waiting for the peer. */
  terminate(): void {
    this.#socket.terminate();
  }

  #heard(): void {
    this.lastHeardMs = this.#deps.clock.nowMs();
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#heard();
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const frame = isBinary ? null : readOrNull(data as Buffer);
    if (frame === null) {
      this.#deps.count("none", "invalid_json");
      this.close("invalid_frame");
      return;
    }
    switch (this.#state.phase) {
      case "waiting":
        void this.#connect(frame);
        return;
      case "connecting":
        if (this.#state.early.length === limits.framesInFlightMax) this.close("flooded");
        else this.#state.early.push(frame);
        return;
      case "live":
        void this.#handle(this.#state.session, frame);
        return;
      case "over":
        return;
    }
  }

  async #connect(raw: RawFrame): Promise<void> {
    this.#endWait();
    const early: RawFrame[] = [];
    this.#state = { phase: "connecting", early };
    try {
      const frame = checkFrame(raw);
      if (frame.type !== "connect")
        throw new AppError("invalid_request", "The first frame must be `connect`.");
      const session = await this.#deps.connect(this, frame);
      this.#deps.count("connect", "ok");
      if (this.isOver) return;
      this.#state = { phase: "live", session };
      for (const waited of early) void this.#handle(session, waited);
    } catch (thrown) {
      const error = AppError.from(thrown);
      this.#deps.count("connect", error.code);
      this.#answerError(raw, error);
      this.close(closeOfConnectError[error.code] ?? "internal");
    }
  }

  async #handle(session: Session, raw: RawFrame): Promise<void> {
    let type = "none";
    this.#inFlight += 1;
    try {
      if (this.#inFlight > limits.framesInFlightMax)
        throw new AppError("rate_limited", "Too many frames at once.");
      const refusal = this.#rate.take(this.lastHeardMs, this.#deps.framesMax(session.tenantId));
      if (refusal !== null) throw refusal;
      const frame = checkFrame(raw);
      type = frame.type;
      if (frame.type === "connect") throw new AppError("invalid_request", "This socket is connected.");
      const answer = await this.#deps.handle(session, frame);
      this.#deps.count(type, "ok");
      if (answer === null && raw.ref === undefined) return;
      this.send(
        JSON.stringify({ type: "ok", ...(raw.ref === undefined ? {} : { ref: raw.ref }), ...answer }),
      );
    } catch (thrown) {
      const error = AppError.from(thrown);
      this.#deps.count(type, error.code);
      this.#answerError(raw, error);
    } finally {
      this.#inFlight -= 1;
    }
  }

  #answerError(raw: RawFrame, error: AppError): void {
    const requestId = newRequestId();
    this.#deps.log(error, requestId);
    const ref = raw.ref === undefined ? {} : { ref: raw.ref };
    this.send(JSON.stringify({ type: "error", ...ref, error: error.toBody(requestId) }));
  }

  #endWait(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = null;
  }

  /** The socket may have closed while something was awaited. */
  get isOver(): boolean {
    return this.#state.phase === "over";
  }

  #end(): void {
    this.#endWait();
    this.#state = over;
    this.#deps.gone(this);
  }
}

import { backoffMs } from "./backoff.ts";
import type { Bounds } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import { errorFromWire, SendsarError } from "./errors.ts";
import type { Request } from "./requests.ts";
import {
  frameBytesMax,
  type MessageDeleteFromClient,
  type MessagePinFromClient,
  type MessageRejectedEvent,
  type MessageSendFromClient,
  type MessageUnpinFromClient,
  type MessageUpdateFromClient,
  type ReactionAddFromClient,
  type ReactionRemoveFromClient,
} from "./wire.ts";

export interface SendResult {
  readonly messageId: string;
  readonly clientId: string;
}

/** A change of a message that is there. */
export type ChangeFrame =
  | MessageUpdateFromClient
  | MessageDeleteFromClient
  | MessagePinFromClient
  | MessageUnpinFromClient
  | ReactionAddFromClient
  | ReactionRemoveFromClient;

interface Entry {
  readonly key: string;
  readonly frame: MessageSendFromClient | ChangeFrame;
  readonly promise: Promise<Answer>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: SendsarError) => void;
  readonly cancelExpiry: () => void;
}

interface Answer {
  /** Of a send. */
  readonly messageId?: string;
}

/** One room's sends and changes, oldest first. Only the first is on the wire: that alone keeps their order through retries. */
interface Lane {
  readonly entries: Entry[];
  busy: boolean;
  attempt: number;
  cancelPause: (() => void) | null;
}

export interface OutboxOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly bounds: Bounds;
  readonly request: Request;
}

/**
 * Sends until they are answered, in order per room, whatever happens to the connection. A repeat carries the same
 * clientId, so the server makes one message of it however often it arrives.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #entries = new Map<string, Entry>();
  #changes = 0;
  #connected = false;
  #inFlight = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Sends and changes without an answer. */
  get size(): number {
    return this.#entries.size;
  }

  /** The same clientId again, while the first is unanswered, is the same send. */
  async add(frame: MessageSendFromClient): Promise<SendResult> {
    const { roomId, clientId } = frame;
    const key = keyOf(roomId, clientId);
    const { messageId } = await (this.#entries.get(key)?.promise ?? this.#enqueue(key, frame));
    if (messageId !== undefined) return { messageId, clientId };
    throw new SendsarError("protocol", "an answer without a messageId", { retryable: false });
  }

  /** In the order in which they are given, after the sends before. A repeat changes nothing, so it may be repeated. */
  async change(frame: ChangeFrame): Promise<void> {
    this.#changes += 1;
    await this.#enqueue(`change ${this.#changes}`, frame);
  }

  #enqueue(key: string, frame: Entry["frame"]): Promise<Answer> {
    const { clock, bounds } = this.#options;
    if (this.#entries.size >= bounds.outboxMessagesMax) {
      return Promise.reject(
        new SendsarError("outbox_full", "too many sends wait already", { retryable: true }),
      );
    }
    // The server would close the socket over it, again after each reconnect. The ref needs a few bytes more.
    if (new TextEncoder().encode(JSON.stringify(frame)).length > frameBytesMax - 64) {
      return Promise.reject(
        new SendsarError("payload_too_large", "the message is larger than a frame may be", {
          retryable: false,
        }),
      );
    }
    let resolve: Entry["resolve"] = () => {};
    let reject: Entry["reject"] = () => {};
    const promise = new Promise<Answer>((onResult, onError) => {
      resolve = onResult;
      reject = onError;
    });
    const cancelExpiry = clock.after(bounds.sendWaitMsMax, () =>
      this.#fail(
        key,
        new SendsarError("send_expired", "no answer in time; it may have arrived", { retryable: true }),
      ),
    );
    const entry: Entry = { key, frame, promise, resolve, reject, cancelExpiry };
    this.#entries.set(key, entry);
    const lane = this.#lanes.get(frame.roomId) ?? { entries: [], busy: false, attempt: 0, cancelPause: null };
    this.#lanes.set(frame.roomId, lane);
    lane.entries.push(entry);
    this.#pump(lane);
    return promise;
  }

  connected(): void {
    this.#connected = true;
    for (const lane of this.#lanes.values()) {
      lane.cancelPause?.();
      lane.cancelPause = null;
    }
    this.#pumpAll();
  }

  dropped(): void {
    this.#connected = false;
  }

  /** The user's own message came by as an event: as good as the answer, which may be lost. */
  seen(roomId: string, clientId: string, messageId: string): void {
    this.#take(keyOf(roomId, clientId))?.resolve({ messageId });
  }

  /** Refused after the log had it, and the first answer was lost. */
  rejected(event: MessageRejectedEvent): void {
    const { roomId, clientId, messageId, request } = event;
    const key =
      clientId === null
        ? [...this.#entries.values()].find(
            ({ frame }) => frame.type === request && "messageId" in frame && frame.messageId === messageId,
          )?.key
        : keyOf(roomId, clientId);
    if (key !== undefined) this.#fail(key, errorFromWire(event.error));
  }

  failAll(error: SendsarError): void {
    for (const key of [...this.#entries.keys()]) this.#fail(key, error);
  }

  #fail(key: string, error: SendsarError): void {
    this.#take(key)?.reject(error);
  }

  #take(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    entry.cancelExpiry();
    const lane = this.#lanes.get(entry.frame.roomId);
    if (lane) {
      const at = lane.entries.indexOf(entry);
      if (at >= 0) lane.entries.splice(at, 1);
      this.#release(entry.frame.roomId, lane);
    }
    return entry;
  }

  #release(roomId: string, lane: Lane): void {
    if (lane.entries.length > 0 || lane.busy) return;
    lane.cancelPause?.();
    this.#lanes.delete(roomId);
  }

  #pumpAll(): void {
    for (const lane of this.#lanes.values()) this.#pump(lane);
  }

  #pump(lane: Lane): void {
    const head = lane.entries[0];
    if (!head || !this.#connected || lane.busy || lane.cancelPause) return;
    if (this.#inFlight >= this.#options.bounds.sendsInFlightMax) return;
    lane.busy = true;
    this.#inFlight += 1;
    void this.#attempt(lane, head);
  }

  async #attempt(lane: Lane, entry: Entry): Promise<void> {
    const {
      key,
      frame: { roomId },
    } = entry;
    try {
      const { messageId } = await this.#options.request(entry.frame);
      lane.attempt = 0;
      this.#take(key)?.resolve(messageId === undefined ? {} : { messageId });
    } catch (cause) {
      this.#failed(lane, key, asError(cause));
    }
    lane.busy = false;
    this.#inFlight -= 1;
    this.#release(roomId, lane);
    this.#pumpAll();
  }

  #failed(lane: Lane, key: string, error: SendsarError): void {
    if (!error.retryable) {
      lane.attempt = 0;
      this.#fail(key, error);
      return;
    }
    // Nothing to repeat, or the next connection is pause enough.
    if (!this.#entries.has(key)) return;
    if (error.code === "connection_lost" || error.code === "not_connected") return;
    const { clock, bounds, random } = this.#options;
    const delayMs = backoffMs(lane.attempt, { ...bounds, random }, error.retryAfterMs);
    lane.attempt += 1;
    lane.cancelPause = clock.after(delayMs, () => {
      lane.cancelPause = null;
      this.#pump(lane);
    });
  }
}

function keyOf(roomId: string, clientId: string): string {
  return `${roomId}\n${clientId}`;
}

function asError(cause: unknown): SendsarError {
  if (cause instanceof SendsarError) return cause;
  return new SendsarError("protocol", "a send failed", { retryable: false, cause });
}

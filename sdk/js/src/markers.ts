import { backoffMs } from "./backoff.ts";
import type { Bounds } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import { SendsarError } from "./errors.ts";
import type { Request } from "./requests.ts";

interface Wave {
  number: number;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: SendsarError) => void;
}

interface Lane {
  readonly roomId: string;
  /** On the wire, or to be repeated. */
  current: Wave | null;
  /** What came in meanwhile; only its highest number counts. */
  next: Wave | null;
  busy: boolean;
  attempt: number;
  cancelPause: (() => void) | null;
}

export interface MarkersOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly bounds: Bounds;
  readonly request: Request;
  readonly type: "room.read" | "room.delivered";
}

/** Markers of one kind until they are answered, outages included. They only move forward, so only the newest is said. */
export class Markers {
  readonly #options: MarkersOptions;
  readonly #lanes = new Map<string, Lane>();
  #connected = false;
  #inFlight = 0;

  constructor(options: MarkersOptions) {
    this.#options = options;
  }

  move(roomId: string, number: number): Promise<void> {
    const known = this.#lanes.get(roomId);
    if (!known && this.#lanes.size >= this.#options.bounds.markerRoomsMax) {
      return Promise.reject(
        new SendsarError("too_many_requests", "too many markers wait already", { retryable: true }),
      );
    }
    const lane = known ?? { roomId, current: null, next: null, busy: false, attempt: 0, cancelPause: null };
    this.#lanes.set(roomId, lane);
    if (lane.current && number <= lane.current.number) return lane.current.promise;
    lane.next ??= wave(number);
    lane.next.number = Math.max(lane.next.number, number);
    const { promise } = lane.next;
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

  failAll(error: SendsarError): void {
    for (const lane of this.#lanes.values()) {
      lane.cancelPause?.();
      lane.current?.reject(error);
      lane.next?.reject(error);
    }
    this.#lanes.clear();
  }

  #pumpAll(): void {
    for (const lane of this.#lanes.values()) this.#pump(lane);
  }

  #pump(lane: Lane): void {
    if (!this.#connected || lane.busy || lane.cancelPause) return;
    if (this.#inFlight >= this.#options.bounds.markersInFlightMax) return;
    if (!lane.current) {
      lane.current = lane.next;
      lane.next = null;
    }
    if (!lane.current) return;
    lane.busy = true;
    this.#inFlight += 1;
    void this.#attempt(lane, lane.current);
  }

  async #attempt(lane: Lane, current: Wave): Promise<void> {
    try {
      const { request, type } = this.#options;
      await request({ type, roomId: lane.roomId, number: current.number });
      current.resolve();
      lane.current = null;
      lane.attempt = 0;
    } catch (cause) {
      this.#failed(lane, current, cause);
    }
    lane.busy = false;
    this.#inFlight -= 1;
    if (!lane.current && !lane.next && this.#lanes.get(lane.roomId) === lane) this.#lanes.delete(lane.roomId);
    this.#pumpAll();
  }

  #failed(lane: Lane, current: Wave, cause: unknown): void {
    const error =
      cause instanceof SendsarError
        ? cause
        : new SendsarError("protocol", "a marker failed", { retryable: false, cause });
    if (!error.retryable) {
      current.reject(error);
      lane.current = null;
      lane.attempt = 0;
      return;
    }
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

function wave(number: number): Wave {
  let resolve: Wave["resolve"] = () => {};
  let reject: Wave["reject"] = () => {};
  const promise = new Promise<void>((onDone, onError) => {
    resolve = onDone;
    reject = onError;
  });
  return { number, promise, resolve, reject };
}

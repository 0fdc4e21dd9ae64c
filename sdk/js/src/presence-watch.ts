import { backoffMs } from "./backoff.ts";
import type { Bounds } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import { SendsarError } from "./errors.ts";
import type { Request } from "./requests.ts";
import type { OkFrame } from "./wire.ts";

/** Whether a user is there, and when it last was. */
export type Presence = NonNullable<OkFrame["presence"]>[number];

export interface PresenceWatchOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly bounds: Bounds;
  readonly request: Request;
  /** A user stands otherwise than before the connection was lost. */
  readonly changed: (presence: Presence) => void;
}

interface Asked {
  readonly promise: Promise<readonly Presence[]>;
  readonly resolve: (presence: readonly Presence[]) => void;
  readonly reject: (error: SendsarError) => void;
}

/** Whom the application watches. The server forgets it with the connection, so each new one is told again. */
export class PresenceWatch {
  readonly #options: PresenceWatchOptions;
  readonly #known = new Map<string, Presence>();
  #wanted: readonly string[] = [];
  #version = 0;
  #asked: Asked | null = null;
  #connected = false;
  #busy = false;
  #attempt = 0;
  #cancelPause: (() => void) | null = null;

  constructor(options: PresenceWatchOptions) {
    this.#options = options;
  }

  get all(): ReadonlyMap<string, Presence> {
    return this.#known;
  }

  watch(userIds: readonly string[]): Promise<readonly Presence[]> {
    this.#wanted = [...new Set(userIds)];
    this.#version += 1;
    for (const userId of [...this.#known.keys()])
      if (!this.#wanted.includes(userId)) this.#known.delete(userId);
    this.#asked ??= asked();
    const { promise } = this.#asked;
    void this.#ask();
    return promise;
  }

  /** The server's word on one of them. */
  heard(presence: Presence): void {
    const { userId, online, lastSeenAt } = presence;
    if (this.#wanted.includes(userId)) this.#known.set(userId, { userId, online, lastSeenAt });
  }

  connected(): void {
    this.#connected = true;
    this.#cancelPause?.();
    this.#cancelPause = null;
    if (this.#wanted.length > 0 || this.#asked) void this.#ask();
  }

  dropped(): void {
    this.#connected = false;
  }

  failAll(error: SendsarError): void {
    this.#cancelPause?.();
    this.#cancelPause = null;
    this.#wanted = [];
    this.#known.clear();
    this.#settle()?.reject(error);
  }

  async #ask(): Promise<void> {
    if (!this.#connected || this.#busy || this.#cancelPause) return;
    this.#busy = true;
    const version = this.#version;
    try {
      const { presence = [] } = await this.#options.request({
        type: "presence.watch",
        userIds: [...this.#wanted],
      });
      if (version === this.#version) this.#answered(presence);
    } catch (cause) {
      this.#failed(cause);
    }
    this.#busy = false;
    // Another list was named meanwhile.
    if (version !== this.#version) void this.#ask();
  }

  #answered(presence: readonly Presence[]): void {
    this.#attempt = 0;
    for (const now of presence) {
      const before = this.#known.get(now.userId);
      this.#known.set(now.userId, now);
      const isSame = before?.online === now.online && before.lastSeenAt === now.lastSeenAt;
      if (before && !isSame) this.#options.changed(now);
    }
    this.#settle()?.resolve(presence);
  }

  #failed(cause: unknown): void {
    const error =
      cause instanceof SendsarError
        ? cause
        : new SendsarError("protocol", "a watch failed", { retryable: false, cause });
    if (!error.retryable) {
      this.#settle()?.reject(error);
      return;
    }
    // The next connection brings it.
    if (error.code === "connection_lost" || error.code === "not_connected") return;
    const { clock, bounds, random } = this.#options;
    const delayMs = backoffMs(this.#attempt, { ...bounds, random }, error.retryAfterMs);
    this.#attempt += 1;
    this.#cancelPause = clock.after(delayMs, () => {
      this.#cancelPause = null;
      void this.#ask();
    });
  }

  #settle(): Asked | null {
    const waiting = this.#asked;
    this.#asked = null;
    return waiting;
  }
}

function asked(): Asked {
  let resolve: Asked["resolve"] = () => {};
  let reject: Asked["reject"] = () => {};
  const promise = new Promise<readonly Presence[]>((onDone, onError) => {
    resolve = onDone;
    reject = onError;
  });
  return { promise, resolve, reject };
}

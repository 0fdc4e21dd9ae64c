import type { Bounds } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import type { ClientFrame } from "./wire.ts";

export interface TypingOptions {
  readonly clock: Clock;
  readonly bounds: Pick<Bounds, "typingRepeatMs" | "typingIdleMs">;
  /** False: not connected. */
  readonly send: (frame: ClientFrame) => boolean;
}

interface Room {
  saidAtMs: number;
  cancelIdle: () => void;
}

/** Says that the user types: as often as the server wants to hear it, and no longer than the user does. */
export class Typing {
  readonly #options: TypingOptions;
  readonly #rooms = new Map<string, Room>();

  constructor(options: TypingOptions) {
    this.#options = options;
  }

  /** To be called at each keystroke. Without a connection nothing is said, now or later. */
  start(roomId: string): void {
    const { clock, bounds, send } = this.#options;
    const now = clock.now();
    const room = this.#rooms.get(roomId);
    const isDue = room === undefined || Math.abs(now - room.saidAtMs) >= bounds.typingRepeatMs;
    if (isDue && !send({ type: "typing.start", roomId })) return;
    room?.cancelIdle();
    const saidAtMs = isDue ? now : room.saidAtMs;
    const cancelIdle = clock.after(bounds.typingIdleMs, () => this.stop(roomId));
    this.#rooms.set(roomId, { saidAtMs, cancelIdle });
  }

  /** The user gave up. Not needed after a message, a pause, or the end of the connection. */
  stop(roomId: string): void {
    if (this.sent(roomId)) this.#options.send({ type: "typing.stop", roomId });
  }

  /** A message ends it for all who see it. Returns whether the user was typing. */
  sent(roomId: string): boolean {
    this.#rooms.get(roomId)?.cancelIdle();
    return this.#rooms.delete(roomId);
  }

  /** So does the end of the connection. */
  dropped(): void {
    for (const roomId of [...this.#rooms.keys()]) this.sent(roomId);
  }
}

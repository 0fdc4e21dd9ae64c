import type { WebSocket } from "ws";
import { pause, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";

const drainedPollMs = 20;

/**
 * What waits to be read by one socket, bounded in bytes. A reader that falls behind first goes without signals, as
 * nobody misses an old one; one that falls further behind is cut off, to come back and resume, rather than be kept at
 * the cost of all others.
 */
export class Outbox {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Bytes handed over that the network has not taken. */
  get bytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Resolves when at most half of the bound waits, or the socket is gone. */
  async drained(clock: Timers): Promise<void> {
    while (this.#socket.readyState === this.#socket.OPEN && this.bytes > limits.outboxBytesMax / 2) {
      await pause(clock, drainedPollMs);
    }
  }

  /**
   * @param frame JSON text, as a string or as its UTF-8 bytes.
   * @param taken is called when the network has taken it, or never will.
   * @returns false where it was not sent, as its reader is too far behind and is to be cut off.
   */
  send(frame: string | Buffer, taken?: () => void): boolean {
    const isOpen = this.#socket.readyState === this.#socket.OPEN;
    const isBehind = this.#socket.bufferedAmount > limits.outboxBytesMax;
    if (isOpen && !isBehind) {
      this.#socket.send(frame, { binary: false }, taken === undefined ? undefined : () => taken());
      return true;
    }
    taken?.();
    return !isOpen;
  }

  /**
   * Sends what may be missed, unless so much waits that it would only be in the way. Never cuts a reader off.
   *
   * @returns false where it was dropped.
   */
  signal(frame: string | Buffer): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#socket.bufferedAmount > limits.outboxSignalBytesMax) return false;
    this.#socket.send(frame, { binary: false });
    return true;
  }
}

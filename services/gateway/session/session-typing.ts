import { limits } from "#shared/limits.ts";

/** In which rooms one session's client says that its user types: what is repeated too soon is told apart. */
export class SessionTyping {
  /** When the newest start of each room was passed on. */
  readonly #startedAtMs = new Map<string, number>();

  /** False: it has said so a moment ago. */
  started(roomId: string, nowMs: number): boolean {
    const before = this.#startedAtMs.get(roomId);
    if (before !== undefined && Math.abs(nowMs - before) < limits.typingRepeatMsMin) return false;
    this.#startedAtMs.delete(roomId);
    this.#startedAtMs.set(roomId, nowMs);
    const oldest = this.#startedAtMs.keys().next();
    if (this.#startedAtMs.size > limits.typingRoomsMax && !oldest.done)
      this.#startedAtMs.delete(oldest.value);
    return true;
  }

  /** Returns whether it had said that it types there. */
  stopped(roomId: string): boolean {
    return this.#startedAtMs.delete(roomId);
  }

  /** The rooms where others may think that it still types. */
  lasting(nowMs: number): string[] {
    return [...this.#startedAtMs]
      .filter(([, atMs]) => nowMs - atMs < limits.typingExpiryMs)
      .map(([roomId]) => roomId);
  }
}

import { limits } from "#shared/limits.ts";

/** In which rooms one session's client says that its user types: what is repeated too soon is told apart. */
export class SessionTyping {
  /** When the newest start of each room was passed on. */
  #startedAtMs: Map<string, number> | null = null;

  /** False: it has said so a moment ago. */
  started(roomId: string, nowMs: number): boolean {
    // Most sessions say nothing for most of their time: they have none.
    this.#startedAtMs ??= new Map();
    const rooms = this.#startedAtMs;
    const before = rooms.get(roomId);
    if (before !== undefined && Math.abs(nowMs - before) < limits.typingRepeatMsMin) return false;
    rooms.delete(roomId);
    rooms.set(roomId, nowMs);
    const oldest = rooms.keys().next();
    if (rooms.size > limits.typingRoomsMax && !oldest.done) rooms.delete(oldest.value);
    return true;
  }

  /** Returns whether it had said that it types there. */
  stopped(roomId: string): boolean {
    return this.#startedAtMs?.delete(roomId) ?? false;
  }

  /** The rooms where others may think that it still types. */
  lasting(nowMs: number): string[] {
    return [...(this.#startedAtMs ?? [])]
      .filter(([, atMs]) => nowMs - atMs < limits.typingExpiryMs)
      .map(([roomId]) => roomId);
  }
}

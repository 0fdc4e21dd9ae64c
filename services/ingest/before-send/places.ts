import { limits } from "#shared/limits.ts";

interface Line {
  taken: number;
  readonly waiting: (() => void)[];
}

/** So many calls of one tenant are under way at a time, and so many wait for theirs. */
export class Places {
  readonly #lines = new Map<string, Line>();

  /** Whether there is a place in time. Each that was taken is to be given back. */
  async take(tenantId: string, waitMs: number): Promise<boolean> {
    const line = this.#lines.get(tenantId) ?? { taken: 0, waiting: [] };
    this.#lines.set(tenantId, line);
    if (line.taken < limits.hookCallsInFlightMax) {
      line.taken++;
      return true;
    }
    if (line.waiting.length >= limits.hookCallsWaitingMax) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const given = () => resolve(true);
    line.waiting.push(given);
    const timer = setTimeout(() => {
      const at = line.waiting.indexOf(given);
      if (at < 0) return;
      line.waiting.splice(at, 1);
      resolve(false);
    }, waitMs);
    return promise.finally(() => clearTimeout(timer));
  }

  give(tenantId: string): void {
    const line = this.#lines.get(tenantId);
    if (line === undefined) return;
    const next = line.waiting.shift();
    if (next !== undefined) next();
    else if (--line.taken === 0) this.#lines.delete(tenantId);
  }
}

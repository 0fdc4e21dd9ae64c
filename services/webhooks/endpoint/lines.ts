import type { Clock, Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import { Line } from "./line.ts";

/** The lines of all endpoints that this node has something for. */
export class Lines {
  readonly #clock: Clock & Timers;
  readonly #lines = new Map<string, { readonly tenantId: string; readonly line: Line }>();
  #bytes = 0;
  #stopped = false;

  constructor(clock: Clock & Timers) {
    this.#clock = clock;
  }

  of(tenantId: string, endpointId: string): Line {
    const key = `${tenantId}/${endpointId}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known.line;
    if (this.#lines.size >= limits.webhookLinesMax) this.#forgetIdle();
    const line = new Line(this.#clock);
    if (this.#stopped) line.stop();
    this.#lines.set(key, { tenantId, line });
    return line;
  }

  /** Keeps memory for a delivery. False: there is too much in memory already. */
  hold(bytes: number): boolean {
    if (this.#bytes + bytes > limits.webhookBytesMax) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Calls under way, and deliveries in memory. */
  counts(): { running: number; admitted: number } {
    let [running, admitted] = [0, 0];
    for (const { line } of this.#lines.values()) {
      running += line.running;
      admitted += line.admitted;
    }
    return { running, admitted };
  }

  /** Of each tenant that something is in memory for, when the oldest of it came about. */
  oldest(): { tenantId: string; createdMs: number }[] {
    const oldest = new Map<string, number>();
    for (const { tenantId, line } of this.#lines.values()) {
      const createdMs = line.oldestMs;
      if (createdMs === null) continue;
      oldest.set(tenantId, Math.min(createdMs, oldest.get(tenantId) ?? createdMs));
    }
    return [...oldest].map(([tenantId, createdMs]) => ({ tenantId, createdMs }));
  }

  /** Nothing new is begun. Resolves when what is under way is over, or after `msMax`. */
  async drain(msMax: number): Promise<void> {
    this.#stopped = true;
    for (const { line } of this.#lines.values()) line.stop();
    const untilMs = this.#clock.nowMs() + msMax;
    while (this.counts().running > 0 && this.#clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => void this.#clock.after(20, resolve));
    }
  }

  #forgetIdle(): void {
    for (const [key, { line }] of this.#lines) if (line.isIdle) this.#lines.delete(key);
  }
}

import { backoffMs } from "./backoff.ts";
import type { Bounds } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import type { Request } from "./requests.ts";
import type { TokenSource } from "./token.ts";

export interface RefresherOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly bounds: Bounds;
  readonly request: Request;
}

/**
 * Gives a live session a new token before the old one runs out. Tries that fail are repeated; when none succeeds the
 * server closes with 4006 and the next handshake brings the new token.
 */
export class Refresher {
  readonly #options: RefresherOptions;
  #cancel = () => {};
  #generation = 0;

  constructor(options: RefresherOptions) {
    this.#options = options;
  }

  start(token: TokenSource): void {
    this.stop();
    this.#schedule(token, token.refreshInMs);
  }

  stop(): void {
    this.#generation += 1;
    this.#cancel();
  }

  #schedule(token: TokenSource, inMs: number | null, attempt = 0): void {
    if (inMs === null) return;
    const generation = this.#generation;
    this.#cancel = this.#options.clock.after(inMs, () => void this.#refresh(token, attempt, generation));
  }

  async #refresh(token: TokenSource, attempt: number, generation: number): Promise<void> {
    const { bounds, random, request } = this.#options;
    let nextMs: number | null;
    let failures = 0;
    try {
      const fresh = await token.renew();
      if (generation !== this.#generation) return;
      await request({ type: "token.refresh", token: fresh });
      nextMs = token.refreshInMs;
    } catch {
      failures = attempt + 1;
      nextMs = backoffMs(attempt, { ...bounds, random });
    }
    if (generation === this.#generation) this.#schedule(token, nextMs, failures);
  }
}

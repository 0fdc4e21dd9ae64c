import type { ServerResponse } from "node:http";

/** Requests that have no whole answer yet: a drain waits for them. */
export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  add(response: ServerResponse): void {
    this.#count++;
    response.once("close", () => {
      this.#count--;
      if (this.#count === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  async ended(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

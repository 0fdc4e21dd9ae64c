import type { HistoryPage, HistoryQuery } from "./client-options.ts";
import { SendsarError } from "./errors.ts";
import type { Request } from "./requests.ts";

/** Pages of rooms' messages, so many at a time. */
export class History {
  readonly #request: Request;
  readonly #inFlightMax: number;
  #inFlight = 0;

  constructor(of: { readonly request: Request; readonly bounds: { readonly historyInFlightMax: number } }) {
    this.#request = of.request;
    this.#inFlightMax = of.bounds.historyInFlightMax;
  }

  async read(roomId: string, query: HistoryQuery): Promise<HistoryPage> {
    if (this.#inFlight >= this.#inFlightMax) {
      throw new SendsarError("too_many_requests", "too many history requests at a time", { retryable: true });
    }
    this.#inFlight += 1;
    try {
      const answer = await this.#request({ type: "history", roomId, ...query });
      return { items: answer.items ?? [], next: answer.next ?? null };
    } finally {
      this.#inFlight -= 1;
    }
  }
}

import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { SignalRecord } from "#shared/protocol/records.ts";

export interface SignalsDeps {
  readonly log: Pick<EventLog, "append">;
  readonly topics: Topics;
  readonly metrics: { readonly signals: { inc(labels: { outcome: "sent" | "dropped" }): void } };
}

/** The way into `signals`. Nobody waits for it, and where the log is behind they are dropped, not queued. */
export class Signals {
  readonly #deps: SignalsDeps;
  #inFlight = 0;

  constructor(deps: SignalsDeps) {
    this.#deps = deps;
  }

  send(signal: SignalRecord): void {
    const { metrics } = this.#deps;
    if (this.#inFlight >= limits.signalsInFlightMax) {
      metrics.signals.inc({ outcome: "dropped" });
      return;
    }
    this.#inFlight += 1;
    this.#append(signal)
      .then(
        () => metrics.signals.inc({ outcome: "sent" }),
        () => metrics.signals.inc({ outcome: "dropped" }),
      )
      .finally(() => {
        this.#inFlight -= 1;
      });
  }

  async #append(signal: SignalRecord): Promise<void> {
    const { log, topics } = this.#deps;
    const { tenantId, roomId } = signal;
    const partition = topics.partitionOf(tenantId, roomId);
    const value = JSON.stringify(signal);
    await log.append([{ topic: topics.signals, partition, key: `${tenantId}/${roomId}`, value }]);
  }
}

import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** @param counts what is in memory now. */
export function createWebhooksMetrics(
  registry: Registry,
  counts: () => { running: number; admitted: number },
) {
  const registers = [registry];
  const buckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60];
  new Gauge({
    name: "sendsar_webhooks_in_memory",
    help: "Deliveries in memory: running (calls under way), and all that have a place in their endpoint's line.",
    labelNames: ["state"] as const,
    registers,
    collect() {
      const { running, admitted } = counts();
      this.set({ state: "running" }, running);
      this.set({ state: "admitted" }, admitted);
    },
  });
  return {
    attempts: new Counter({
      name: "sendsar_webhooks_attempts_total",
      help: "Tries by what became of the delivery: succeeded, failed (tried again), exhausted, endpoint_disabled.",
      labelNames: ["outcome"] as const,
      registers,
    }),
    firstAttemptSeconds: new Histogram({
      name: "sendsar_webhooks_first_attempt_seconds",
      help: "From when the log took an event to the first call for it, where its endpoint's line had a place.",
      buckets,
      registers,
    }),
    callSeconds: new Histogram({
      name: "sendsar_webhooks_call_seconds",
      help: "Time of a call to a customer's server.",
      buckets,
      registers,
    }),
  };
}

export type WebhooksMetrics = ReturnType<typeof createWebhooksMetrics>;

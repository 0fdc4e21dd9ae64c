import { Gauge, Histogram, type Registry } from "prom-client";
import { latencyBuckets } from "#shared/metrics/buckets.ts";

export interface CallsMetrics {
  /** What was asked of a call got its reply, or (`timeout`) answered 202 without. */
  readonly applied: Histogram<"outcome">;
  readonly tokenSeconds: Histogram;
}

export function createCallsMetrics(registry: Registry, waiting: () => number): CallsMetrics {
  const registers = [registry];
  new Gauge({
    name: "sendsar_calls_applied_waiting",
    help: "Requests that wait for their call's command to be applied.",
    registers,
    collect() {
      this.set(waiting());
    },
  });
  return {
    applied: new Histogram({
      name: "sendsar_calls_applied_seconds",
      help: "Time from the append of a call's command to its reply.",
      labelNames: ["outcome"] as const,
      buckets: latencyBuckets,
      registers,
    }),
    tokenSeconds: new Histogram({
      name: "sendsar_calls_token_seconds",
      help: "Time to make a token for LiveKit.",
      buckets: latencyBuckets,
      registers,
    }),
  };
}

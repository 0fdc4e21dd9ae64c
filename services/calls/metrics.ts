import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { latencyBuckets } from "#shared/metrics/buckets.ts";

export interface CallsMetrics {
  /** What was asked of a call got its reply, or (`timeout`) answered 202 without. */
  readonly applied: Histogram<"outcome">;
  readonly tokenSeconds: Histogram;
  readonly livekitSeconds: Histogram<"operation" | "outcome">;
  readonly webhooks: Counter<"outcome">;
  /** What was found to differ between a call and its LiveKit room, and set right. */
  readonly corrections: Counter<"what">;
  readonly watched: Gauge<"partition">;
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
    livekitSeconds: new Histogram({
      name: "sendsar_calls_livekit_seconds",
      help: "Requests to LiveKit.",
      labelNames: ["operation", "outcome"] as const,
      buckets: latencyBuckets,
      registers,
    }),
    webhooks: new Counter({
      name: "sendsar_calls_livekit_webhooks_total",
      help: "Webhooks said to be LiveKit's: taken, repeated, or forged.",
      labelNames: ["outcome"] as const,
      registers,
    }),
    corrections: new Counter({
      name: "sendsar_calls_corrections_total",
      help: "Differences between calls and their LiveKit rooms that were set right: left, removed, closed.",
      labelNames: ["what"] as const,
      registers,
    }),
    watched: new Gauge({
      name: "sendsar_calls_running",
      help: "Calls that run and are held against their LiveKit rooms.",
      labelNames: ["partition"] as const,
      registers,
    }),
  };
}

import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { latencyBuckets } from "#shared/metrics/buckets.ts";

export interface IngestMetrics {
  /** A REST write got its reply, or (`timeout`) answered 202 without. */
  readonly applied: Histogram<"outcome">;
  readonly intents: Counter<"outcome">;
}

export function createIngestMetrics(registry: Registry, waiting: () => number): IngestMetrics {
  const registers = [registry];
  new Gauge({
    name: "sendsar_ingest_applied_waiting",
    help: "REST writes that wait for their command to be applied.",
    registers,
    collect() {
      this.set(waiting());
    },
  });
  return {
    applied: new Histogram({
      name: "sendsar_ingest_applied_seconds",
      help: "Time from a command's append to its reply.",
      labelNames: ["outcome"] as const,
      buckets: latencyBuckets,
      registers,
    }),
    intents: new Counter({
      name: "sendsar_ingest_intents_total",
      help: "Writes of sockets, by how they ended: ok or an error code.",
      labelNames: ["outcome"] as const,
      registers,
    }),
  };
}

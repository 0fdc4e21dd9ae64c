import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { latencyBuckets } from "#shared/metrics/buckets.ts";

export interface IngestMetrics {
  /** A REST write got its reply, or (`timeout`) answered 202 without. */
  readonly applied: Histogram<"outcome">;
  readonly intents: Counter<"outcome">;
  /** Messages that customers' servers were to be asked about, by what they said; `none`: nothing. */
  readonly hookCalls: Counter<"outcome">;
  readonly hookSeconds: Histogram;
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
    hookCalls: new Counter({
      name: "sendsar_ingest_before_send_total",
      help: "Messages that customers' servers were to be asked about, by what they said (none: no good answer).",
      labelNames: ["outcome"] as const,
      registers,
    }),
    hookSeconds: new Histogram({
      name: "sendsar_ingest_before_send_seconds",
      help: "Time of a call that asks a customer's server about a message.",
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

import { Histogram, type Registry } from "prom-client";
import type { StoreObserver } from "#shared/store/observer.ts";
import { latencyBuckets } from "./buckets.ts";

export function createStoreMetrics(registry: Registry): StoreObserver {
  const calls = new Histogram({
    name: "sendsar_store_call_seconds",
    help: "Time of a call to the store.",
    labelNames: ["operation", "ok"] as const,
    buckets: latencyBuckets,
    registers: [registry],
  });
  return {
    called: (operation, seconds, ok) => calls.observe({ operation, ok: ok ? "true" : "false" }, seconds),
  };
}

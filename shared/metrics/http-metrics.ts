import { Histogram, type Registry } from "prom-client";
import { latencyBuckets } from "./buckets.ts";

/** Told of every answer. `operation` is an id of the table of operations, or `none` for a path that is not in it. */
export interface HttpObserver {
  answered(operation: string, status: number, seconds: number): void;
}

export function createHttpMetrics(registry: Registry): HttpObserver {
  const requests = new Histogram({
    name: "sendsar_http_request_seconds",
    help: "Time from the first byte of a request to the end of its answer.",
    labelNames: ["operation", "status"] as const,
    buckets: latencyBuckets,
    registers: [registry],
  });
  return {
    answered: (operation, status, seconds) => requests.observe({ operation, status }, seconds),
  };
}

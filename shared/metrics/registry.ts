import { collectDefaultMetrics, Registry } from "prom-client";

/** Each sample is a timer that wakes the process: every 10 ms, as is usual, an idle one does little else. */
const loopDelaySampleMs = 50;

/**
 * One registry per process: Node's own figures (memory, CPU, event-loop delay), and what the services add.
 * Labels are small closed sets: never a tenant, a user or a room.
 */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopDelaySampleMs });
  return registry;
}

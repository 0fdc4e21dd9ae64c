import { collectDefaultMetrics, Registry } from "prom-client";

/**
 * One registry per process: Node's own figures (memory, CPU, event-loop delay), and what the services add.
 * Labels are small closed sets: never a tenant, a user or a room.
 */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

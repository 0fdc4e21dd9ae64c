import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Clock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { Lines } from "./endpoint/lines.ts";

export function createWebhooksMetrics(
  registry: Registry,
  { clock, lines }: { clock: Clock; lines: Pick<Lines, "counts" | "oldest"> },
) {
  const registers = [registry];
  const buckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60];
  new Gauge({
    name: "sendsar_webhooks_in_memory",
    help: "Deliveries in memory: running (calls under way), and all that have a place in their endpoint's line.",
    labelNames: ["state"] as const,
    registers,
    collect() {
      const { running, admitted } = lines.counts();
      this.set({ state: "running" }, running);
      this.set({ state: "admitted" }, admitted);
    },
  });
  const ages = () =>
    lines.oldest().map(({ tenantId, createdMs }) => ({ tenantId, ageMs: clock.nowMs() - createdMs }));
  new Gauge({
    name: "sendsar_webhooks_backlog_age_seconds",
    help: "Age of the oldest event that an endpoint has not taken, of those in memory and those that this node saw fail.",
    registers,
    collect() {
      this.set(Math.max(0, ...ages().map(({ ageMs }) => ageMs)) / 1_000);
    },
  });
  new Gauge({
    name: "sendsar_webhooks_tenant_backlog_age_seconds",
    help: `The same, of the ${limits.webhookBacklogTenantsMax} tenants for whom it is most, from ${limits.webhookBacklogNamedMs / 1_000} s on.`,
    labelNames: ["tenant"] as const,
    registers,
    collect() {
      this.reset();
      const worst = ages().filter(({ ageMs }) => ageMs >= limits.webhookBacklogNamedMs);
      worst.sort((a, b) => b.ageMs - a.ageMs);
      for (const { tenantId, ageMs } of worst.slice(0, limits.webhookBacklogTenantsMax)) {
        this.set({ tenant: tenantId }, ageMs / 1_000);
      }
    },
  });
  return {
    endpointsDisabled: new Counter({
      name: "sendsar_webhooks_endpoints_disabled_total",
      help: "Endpoints that were ended: gone (they answered 410), failing (they took nothing for too long).",
      labelNames: ["reason"] as const,
      registers,
    }),
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

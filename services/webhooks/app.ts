import type { Registry } from "prom-client";
import type { Clock, Timers } from "#shared/clock.ts";
import { DeadLetters } from "#shared/dead-letters/dead-letters.ts";
import { PoisonGuard } from "#shared/dead-letters/poison-guard.ts";
import { limits } from "#shared/limits.ts";
import type { Batch, EventLog, Running } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import { OutboundClient } from "#shared/outbound/client.ts";
import { enginesReady } from "#shared/service/engines-ready.ts";
import type { Service } from "#shared/service/lifecycle.ts";
import type { Store } from "#shared/store/store.ts";
import type { WebhooksConfig } from "./config.ts";
import { EndpointDirectory } from "./endpoint/directory.ts";
import { EndpointHealth } from "./endpoint/health.ts";
import { Lines } from "./endpoint/lines.ts";
import { createWebhooksMetrics } from "./metrics.ts";
import { PartitionOwner } from "./partition/owner.ts";
import { Tries } from "./tries.ts";

export interface WebhooksDeps {
  readonly log: EventLog;
  readonly store: Store;
  readonly topics: Topics;
  readonly clock: Clock & Timers;
  readonly registry: Registry;
  /** What has this URL is within the process, and is handed its deliveries. */
  readonly receiver?: Pick<OutboundClient, "post"> & { readonly url: string };
  readonly logger: Record<"error" | "warn", (fields: object, message: string) => void>;
}

/** Tells customers' servers what happened; nodes of the group share the partitions of `events` among them. */
export function createWebhooks(deps: WebhooksDeps, config: WebhooksConfig): Service {
  const { log, store, topics, clock, registry, logger, receiver } = deps;
  const lines = new Lines(clock);
  const metrics = createWebhooksMetrics(registry, { clock, lines });
  const deadLetters = new DeadLetters({ log, topics, service: "webhooks", registry, logger });
  const outbound = new OutboundClient({ allow: config.allow });
  const callers: Pick<OutboundClient, "post"> = {
    post: (request) => (request.url === receiver?.url ? receiver.post(request) : outbound.post(request)),
  };
  const directory = new EndpointDirectory(store.webhooks, clock, config.endpointsCacheMs);
  const health = new EndpointHealth({
    store: store.webhooks,
    audit: store.audit,
    clock,
    directory,
    disabled: metrics.endpointsDisabled,
    logger,
    disableAfterMs: config.disableAfterMs,
  });
  const tries = new Tries({
    store: store.webhooks,
    messages: store,
    clock,
    directory,
    health,
    outbound: callers,
    metrics,
    config,
  });
  const jobs = { store: store.webhooks, log, topic: topics.webhookJobs };
  const parts = {
    jobs,
    store: store.webhooks,
    rooms: store,
    clock,
    directory,
    lines,
    tries,
    metrics,
    deadLetters,
  };
  let running: Running | null = null;

  function assign(partition: number) {
    const owner = new PartitionOwner(parts, partition);
    const guard = new PoisonGuard({
      process: (batch) => owner.process(batch),
      deadLetters,
      passedOver: () => {},
    });
    return {
      caughtUp: () => owner.caughtUp(),
      process: (batch: Batch) => guard.process(batch),
      revoked: () => owner.revoked(),
    };
  }

  async function leave(): Promise<void> {
    await running?.stop();
    running = null;
  }

  return {
    name: "webhooks",
    start: async () => {
      running = await log.subscribe({
        group: `${topics.events}.webhooks`,
        topics: [
          { name: topics.events, start: "committed" },
          { name: topics.webhookJobs, start: "committed" },
        ],
        assign,
      });
    },
    /** First what is under way ends and is recorded, so that the next owner does not send it again. */
    drain: async () => {
      await lines.drain(limits.webhookDrainMsMax);
      await leave();
    },
    stop: async () => {
      await leave();
      outbound.close();
    },
    ready: () => enginesReady({ log, store }),
  };
}

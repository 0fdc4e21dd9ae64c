import type { Clock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { OutboundClient } from "#shared/outbound/client.ts";
import type { Store } from "#shared/store/store.ts";
import type { DeliveryProgress, KeptDelivery } from "#shared/store/webhook-deliveries.ts";
import type { KeptWebhookEndpoint, WebhookStore } from "#shared/store/webhook-store.ts";
import { attempt } from "./attempt.ts";
import type { WebhooksConfig } from "./config.ts";
import type { EndpointDirectory } from "./endpoint/directory.ts";
import type { EndpointHealth } from "./endpoint/health.ts";
import type { JobEnd } from "./endpoint/job.ts";
import type { WebhooksMetrics } from "./metrics.ts";
import { quotingBody } from "./quoting.ts";

interface TriesDeps {
  readonly store: WebhookStore;
  readonly messages: Pick<Store, "readMessage">;
  readonly clock: Clock;
  readonly directory: EndpointDirectory;
  readonly health: EndpointHealth;
  readonly outbound: Pick<OutboundClient, "post">;
  readonly metrics: WebhooksMetrics;
  readonly config: WebhooksConfig;
}

interface TryEnd {
  /** null: as it was. */
  readonly progress: DeliveryProgress | null;
  /** null: it is over. */
  readonly nextMs: number | null;
  readonly call: JobEnd["call"];
}

/** One try of a delivery, with all that decides whether there is to be one. */
export class Tries {
  readonly #deps: TriesDeps;

  constructor(deps: TriesDeps) {
    this.#deps = deps;
  }

  /** Never rejects. */
  async once(delivery: KeptDelivery): Promise<TryEnd> {
    const { clock, directory } = this.#deps;
    try {
      const blockedMs = await this.#blockedUntil(delivery);
      if (blockedMs !== null) return { progress: null, nextMs: blockedMs, call: null };
      const endpoint = await directory.find(delivery.tenantId, delivery.endpointId);
      if (endpoint === null || endpoint.disabled !== null) return this.#givenUp(delivery);
      return await this.#call(endpoint, delivery);
    } catch {
      // The store is away: nothing was sent.
      return { progress: null, nextMs: clock.nowMs() + limits.laneRetryMsMax, call: null };
    }
  }

  /** Where the one before is not over: when to look again. */
  async #blockedUntil({ tenantId, previousId }: KeptDelivery): Promise<number | null> {
    if (previousId === null) return null;
    const [previous] = await this.#deps.store.getDeliveries([{ tenantId, deliveryId: previousId }]);
    const status = previous?.progress.status ?? "succeeded";
    if (status === "succeeded" || status === "exhausted") return null;
    const next = previous?.progress.nextAttemptAt ?? null;
    const nowMs = this.#deps.clock.nowMs();
    return Math.max(nowMs, next === null ? 0 : Date.parse(next)) + limits.webhookAfterOtherMs;
  }

  #givenUp({ progress }: KeptDelivery): TryEnd {
    this.#deps.metrics.attempts.inc({ outcome: "endpoint_disabled" });
    return { progress: { ...progress, status: "exhausted", nextAttemptAt: null }, nextMs: null, call: null };
  }

  async #call(endpoint: KeptWebhookEndpoint, delivery: KeptDelivery): Promise<TryEnd> {
    const { clock, config, metrics, health, messages } = this.#deps;
    const told = { ...delivery, body: await quotingBody(messages, delivery) };
    const { progress, verdict, latencyMs } = await attempt({ ...this.#deps, ...config }, endpoint, told);
    metrics.attempts.inc({ outcome: verdict.status });
    metrics.callSeconds.observe(latencyMs / 1_000);
    await health.note(endpoint, verdict);
    return {
      progress,
      nextMs: verdict.retryMs === null ? null : clock.nowMs() + verdict.retryMs,
      call: { ok: verdict.status === "succeeded", latencyMs, pauseMs: verdict.pauseMs },
    };
  }
}

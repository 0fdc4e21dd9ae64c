import type { Clock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { OutboundClient } from "#shared/outbound/client.ts";
import type { Store } from "#shared/store/store.ts";
import type { DeliveryKey, DeliveryProgress, KeptDelivery } from "#shared/store/webhook-deliveries.ts";
import type { KeptWebhookEndpoint, WebhookStore } from "#shared/store/webhook-store.ts";
import { attempt, progressAfter } from "./attempt.ts";
import { batchBody, idsIn, isBatch, isUnsent, namingOnly } from "./batch-body.ts";
import type { WebhooksConfig } from "./config.ts";
import type { EndpointDirectory } from "./endpoint/directory.ts";
import type { EndpointHealth } from "./endpoint/health.ts";
import type { JobEnd } from "./endpoint/job.ts";
import type { WebhooksMetrics } from "./metrics.ts";
import { isOpen, nextTryMs } from "./partition/rows.ts";
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

export interface TryEnd {
  /** null: as it was. */
  readonly progress: DeliveryProgress | null;
  /** How far those have come that went by it. */
  readonly parts: readonly Progressed[];
  /** null: it is over. */
  readonly nextMs: number | null;
  readonly call: JobEnd["call"];
}

type Progressed = DeliveryKey & { readonly progress: DeliveryProgress };

/** One try of a delivery, with all that decides whether there is to be one. */
export class Tries {
  readonly #deps: TriesDeps;

  constructor(deps: TriesDeps) {
    this.#deps = deps;
  }

  /**
   * Never rejects.
   *
   * @param bodyOf what a delivery says now.
   */
  async once(delivery: KeptDelivery, bodyOf: (delivery: KeptDelivery) => string): Promise<TryEnd> {
    const { clock, directory } = this.#deps;
    try {
      const blockedMs = await this.#blockedUntil(delivery);
      if (blockedMs !== null) return { ...untouched, nextMs: blockedMs };
      const parts = await this.#partsOf(delivery);
      // All that was to go by it has gone, or is kept no more.
      if (parts.length === 0)
        return { ...untouched, progress: { ...delivery.progress, status: "succeeded" } };
      const endpoint = await directory.find(delivery.tenantId, delivery.endpointId);
      if (endpoint === null || endpoint.disabled !== null) return this.#givenUp(delivery, parts);
      const told = await this.#told(parts, bodyOf);
      return await this.#call(endpoint, delivery, told);
    } catch {
      // The store is away: nothing was sent.
      return { ...untouched, nextMs: clock.nowMs() + limits.laneRetryMsMax };
    }
  }

  /** Of a batch those that go by it, as far as they are kept, and since its first call always the same; else itself. */
  async #partsOf(delivery: KeptDelivery): Promise<KeptDelivery[]> {
    if (!isBatch(delivery)) return [delivery];
    const { tenantId, deliveryId } = delivery;
    // The first call may have left some out.
    const kept = isUnsent(delivery) ? [] : await this.#kept([{ tenantId, deliveryId }]);
    const ids = idsIn(kept[0] ?? delivery);
    const parts = await this.#kept(ids.map((id) => ({ tenantId, deliveryId: id })));
    return isUnsent(delivery) ? this.#leavingOut(delivery, parts) : parts;
  }

  /**
   * Without those that have gone by another batch: this one was being written when its partition moved. One that nobody
   * has called with does not count, as it may never have come about: of two such both are sent.
   */
  async #leavingOut(batch: KeptDelivery, parts: readonly KeptDelivery[]): Promise<KeptDelivery[]> {
    const { tenantId, deliveryId } = batch;
    const named = new Set(parts.flatMap(({ progress: { batchId } }) => batchId ?? []));
    named.delete(deliveryId);
    const others = await this.#kept([...named].map((id) => ({ tenantId, deliveryId: id })));
    const sent = new Set(others.filter((other) => !isUnsent(other)).map((other) => other.deliveryId));
    // What was given up is sent: somebody asks for the whole batch again.
    const hasGone = ({ progress: { status, batchId } }: KeptDelivery) =>
      status === "succeeded" || sent.has(batchId ?? "");
    const left = parts.filter((part) => !hasGone(part));
    if (left.length > 0 && left.length < parts.length) {
      const body = namingOnly(batch, new Set(left.map((part) => part.deliveryId)));
      await this.#deps.store.setBodies([{ tenantId, deliveryId, body }]);
    }
    return left;
  }

  async #kept(keys: readonly DeliveryKey[]): Promise<KeptDelivery[]> {
    if (keys.length === 0) return [];
    return (await this.#deps.store.getDeliveries(keys)).filter((row) => row !== null);
  }

  /** With what they show of other messages. */
  #told(parts: readonly KeptDelivery[], bodyOf: (delivery: KeptDelivery) => string): Promise<KeptDelivery[]> {
    return Promise.all(
      parts.map(async (part) => {
        const body = await quotingBody(this.#deps.messages, { ...part, body: bodyOf(part) });
        return { ...part, body };
      }),
    );
  }

  /** Where the one before is not over: when to look again. A batch has none: nothing in it had to wait when it was made. */
  async #blockedUntil({ tenantId, previousId }: KeptDelivery): Promise<number | null> {
    if (previousId === null) return null;
    const [before] = await this.#deps.store.getDeliveries([{ tenantId, deliveryId: previousId }]);
    if (before == null || !isOpen(before)) return null;
    return Math.max(this.#deps.clock.nowMs(), nextTryMs(before)) + limits.webhookAfterOtherMs;
  }

  #givenUp(delivery: KeptDelivery, parts: readonly KeptDelivery[]): TryEnd {
    this.#deps.metrics.attempts.inc({ outcome: "endpoint_disabled" });
    const over = ({ progress }: KeptDelivery): DeliveryProgress => ({
      ...progress,
      status: "exhausted",
      nextAttemptAt: null,
    });
    return { ...untouched, ...progressOf(delivery, parts, over) };
  }

  async #call(
    endpoint: KeptWebhookEndpoint,
    delivery: KeptDelivery,
    parts: readonly KeptDelivery[],
  ): Promise<TryEnd> {
    const { clock, config, metrics, health } = this.#deps;
    const body = isBatch(delivery) ? batchBody(delivery, parts) : (parts[0]?.body ?? "");
    const end = await attempt({ ...this.#deps, ...config }, endpoint, { ...delivery, body });
    const { verdict, made } = end;
    metrics.attempts.inc({ outcome: verdict.status });
    metrics.callSeconds.observe(made.latencyMs / 1_000);
    await health.note(endpoint, verdict);
    return {
      ...progressOf(delivery, parts, ({ progress }) => progressAfter(progress, end)),
      nextMs: verdict.retryMs === null ? null : clock.nowMs() + verdict.retryMs,
      call: { ok: verdict.status === "succeeded", latencyMs: made.latencyMs, pauseMs: verdict.pauseMs },
    };
  }
}

const untouched: TryEnd = { progress: null, parts: [], nextMs: null, call: null };

function progressOf(
  delivery: KeptDelivery,
  parts: readonly KeptDelivery[],
  advance: (delivery: KeptDelivery) => DeliveryProgress,
): Pick<TryEnd, "progress" | "parts"> {
  const others = isBatch(delivery) ? parts : [];
  return {
    progress: advance(delivery),
    parts: others.map((part) => ({
      tenantId: part.tenantId,
      deliveryId: part.deliveryId,
      progress: advance(part),
    })),
  };
}

import { LRUCache } from "lru-cache";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import { disableWebhookEndpoint } from "#shared/protocol/audit.ts";
import { newAuditId } from "#shared/store/audit-ids.ts";
import type { AuditStore } from "#shared/store/audit-store.ts";
import type { KeptWebhookEndpoint, WebhookStore } from "#shared/store/webhook-store.ts";
import type { Verdict } from "../verdict.ts";
import type { EndpointDirectory } from "./directory.ts";

interface HealthDeps {
  readonly store: Pick<WebhookStore, "setEndpointState" | "setEndpointHealth">;
  readonly audit: Pick<AuditStore, "append" | "conclude">;
  readonly clock: Clock;
  readonly directory: Pick<EndpointDirectory, "now" | "forget">;
  readonly disabled: { inc(labels: { reason: string }): void };
  readonly logger: { warn(fields: object, message: string): void };
  readonly disableAfterMs: number;
}

/**
 * Ends an endpoint that has asked for it, and one that took nothing for days. Since when it took nothing is in the
 * store, so that it counts over restarts, and over all nodes: what any of them gets taken begins it anew.
 */
export class EndpointHealth {
  readonly #deps: HealthDeps;
  /** When this node last wrote that an endpoint fails. */
  readonly #notedMs = new LRUCache<string, number>({ max: limits.webhookLinesMax });

  /** Being ended now: others of its calls end the same way. */
  readonly #ending = new Set<string>();

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  /** A store that is away leaves it as it is: the next call will end the same. Never rejects. */
  async note(
    endpoint: KeptWebhookEndpoint,
    { gone, status }: Pick<Verdict, "gone" | "status">,
  ): Promise<void> {
    try {
      if (gone) await this.#disable(endpoint, "gone");
      else if (status === "succeeded") await this.#succeeded(endpoint);
      else await this.#failed(endpoint);
    } catch {
      // The store counts and logs its own failures.
    }
  }

  async #succeeded({ tenantId, endpointId, failingSince }: KeptWebhookEndpoint): Promise<void> {
    if (failingSince === null) return;
    await this.#deps.store.setEndpointHealth(tenantId, endpointId, { failingSince: null });
    this.#deps.directory.forget(tenantId);
  }

  async #failed(endpoint: KeptWebhookEndpoint): Promise<void> {
    const { store, clock, directory, disableAfterMs } = this.#deps;
    const { tenantId, endpointId, failingSince } = endpoint;
    const nowMs = clock.nowMs();
    if (failingSince === null) {
      const key = `${tenantId}/${endpointId}`;
      if (nowMs - (this.#notedMs.get(key) ?? 0) < limits.webhookHealthNoteMs) return;
      this.#notedMs.set(key, nowMs);
      await store.setEndpointHealth(tenantId, endpointId, { failingSince: rfc3339(nowMs) });
      directory.forget(tenantId);
      return;
    }
    if (nowMs - Date.parse(failingSince) < disableAfterMs) return;
    // As it is now: another node may have had something taken a moment ago, or the customer has taken it up again.
    const known = (await directory.now(tenantId)).find((each) => each.endpointId === endpointId);
    if (known?.failingSince === failingSince && known.disabled === null) {
      await this.#disable(endpoint, "failing");
    }
  }

  async #disable(endpoint: KeptWebhookEndpoint, reason: "gone" | "failing"): Promise<void> {
    const key = `${endpoint.tenantId}/${endpoint.endpointId}`;
    if (this.#ending.has(key)) return;
    this.#ending.add(key);
    try {
      await this.#end(endpoint, reason);
    } finally {
      this.#ending.delete(key);
    }
  }

  async #end(endpoint: KeptWebhookEndpoint, reason: "gone" | "failing"): Promise<void> {
    const { store, audit, clock, directory, disabled, logger } = this.#deps;
    const { tenantId, endpointId, failingSince } = endpoint;
    // Another call or node may have ended it a moment ago.
    const known = (await directory.now(tenantId)).find((each) => each.endpointId === endpointId);
    if (known === undefined || known.disabled !== null) return;
    const nowMs = clock.nowMs();
    const [auditId, at] = [newAuditId(nowMs), rfc3339(nowMs)];
    // As with calls: the entry is there before the change is, and how it ended follows.
    await audit.append(tenantId, {
      auditId,
      at,
      actor: { kind: "system", keyId: null, userId: null },
      action: disableWebhookEndpoint,
      target: { endpointId },
      details: { reason, failingSince },
      requestId: null,
    });
    await store.setEndpointState(tenantId, endpointId, { disabled: { reason, at } });
    directory.forget(tenantId);
    disabled.inc({ reason });
    logger.warn({ tenantId, endpointId, reason, failingSince }, "a webhook endpoint was disabled");
    await audit.conclude(tenantId, auditId, { status: 200, code: null, made: {} });
  }
}

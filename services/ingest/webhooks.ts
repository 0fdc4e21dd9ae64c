import { randomBytes } from "node:crypto";
import { type Clock, pause, rfc3339, type Timers } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { OutboundClient } from "#shared/outbound/client.ts";
import { OutboundFailure } from "#shared/outbound/failure.ts";
import { isPrivateKey, newPrivateKey, newSecret, publicKeyOf } from "#shared/outbound/webhook-keys.ts";
import type {
  WebhookEndpoint,
  WebhookEndpointPatch,
  WebhookEndpointPost,
} from "#shared/protocol/webhooks.ts";
import {
  endpointDefaults,
  type KeptWebhookEndpoint,
  type WebhookEndpointRow,
  type WebhookStore,
} from "#shared/store/webhook-store.ts";
import { refused } from "./content.ts";

interface Deps {
  readonly store: WebhookStore;
  readonly clock: Clock & Timers;
  readonly outbound: Pick<OutboundClient, "check">;
  /** Between a change and its answer: by then all nodes that deliver go by it. */
  readonly settleMs: number;
}

/** What a delivery says of itself, and what is the connection's own. */
const ownHeaders =
  /^(webhook-.*|host|content-(length|type|encoding)|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|user-agent)$/i;
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;

/** Customers' endpoints, as their servers set them. */
export class WebhookEndpoints {
  readonly #store: WebhookStore;
  readonly #clock: Clock & Timers;
  readonly #settleMs: number;
  readonly #outbound: Deps["outbound"];

  constructor({ store, clock, outbound, settleMs }: Deps) {
    this.#settleMs = settleMs;
    this.#store = store;
    this.#clock = clock;
    this.#outbound = outbound;
  }

  /** @throws AppError invalid_request, too_many_webhook_endpoints. */
  async create(tenantId: string, post: WebhookEndpointPost): Promise<WebhookEndpoint & { secret: string }> {
    this.#check(post);
    const known = await this.#store.listEndpoints(tenantId);
    if (known.length >= limits.webhookEndpointsMax) throw new AppError("too_many_webhook_endpoints");
    const { enabled = true, asymmetric = false, ...settings } = post;
    const now = this.#now();
    const secret = newSecret();
    const row: WebhookEndpointRow = {
      tenantId,
      endpointId: `whe_${randomBytes(17).toString("base64url").slice(0, 22)}`,
      events: [],
      roomPattern: null,
      description: null,
      headers: {},
      ordered: false,
      concurrency: limits.webhookConcurrentRequestsDefault,
      ratePerSecond: null,
      ...endpointDefaults,
      ...settings,
      secrets: [unending(secret), ...(asymmetric ? [unending(newPrivateKey())] : [])],
      createdAt: now,
      updatedAt: now,
    };
    const disabled = enabled ? null : ({ reason: "by_request", at: now } as const);
    // Before the rest, as nothing may be sent in between.
    if (disabled !== null) await this.#store.setEndpointState(tenantId, row.endpointId, { disabled });
    await this.#store.putEndpoint(row);
    await this.#settled();
    return { ...this.#shown({ ...row, disabled, failingSince: null }), secret };
  }

  async list(tenantId: string): Promise<WebhookEndpoint[]> {
    return (await this.#store.listEndpoints(tenantId)).map((kept) => this.#shown(kept));
  }

  /** @throws AppError webhook_endpoint_not_found. */
  async get(tenantId: string, endpointId: string): Promise<WebhookEndpoint> {
    return this.#shown(await this.#existing(tenantId, endpointId));
  }

  /** @throws AppError invalid_request, webhook_endpoint_not_found. */
  async update(tenantId: string, endpointId: string, patch: WebhookEndpointPatch): Promise<WebhookEndpoint> {
    const { disabled, failingSince, ...row } = await this.#existing(tenantId, endpointId);
    this.#check(patch);
    const { enabled, asymmetric, ...settings } = patch;
    const secrets = asymmetric === undefined ? row.secrets : signing(row.secrets, asymmetric);
    const changed = { ...row, ...settings, secrets, updatedAt: this.#now() };
    await this.#store.putEndpoint(changed);
    if (enabled === undefined || enabled === (disabled === null)) {
      await this.#settled();
      return this.#shown({ ...changed, disabled, failingSince });
    }
    // One that is taken up again has as long to take something as a new one.
    if (enabled) await this.#store.setEndpointHealth(tenantId, endpointId, { failingSince: null });
    const state = { disabled: enabled ? null : ({ reason: "by_request", at: this.#now() } as const) };
    await this.#store.setEndpointState(tenantId, endpointId, state);
    await this.#settled();
    return this.#shown({ ...changed, ...state, failingSince: enabled ? null : failingSince });
  }

  /** @throws AppError webhook_endpoint_not_found. */
  async remove(tenantId: string, endpointId: string): Promise<void> {
    await this.#existing(tenantId, endpointId);
    await this.#store.removeEndpoint(tenantId, endpointId);
  }

  /** @throws AppError webhook_endpoint_not_found. */
  async rotate(tenantId: string, endpointId: string) {
    const { disabled: _, failingSince: __, ...row } = await this.#existing(tenantId, endpointId);
    const nowMs = this.#clock.nowMs();
    const previousExpiresAt = rfc3339(nowMs + limits.webhookSecretOverlapSeconds * 1_000);
    const secret = newSecret();
    const made = [secret, ...(row.secrets.some(isAsymmetric) ? [newPrivateKey()] : [])];
    const before = row.secrets
      .map((one) => ({ secret: one.secret, expiresAt: one.expiresAt ?? previousExpiresAt }))
      .filter(({ expiresAt }) => Date.parse(expiresAt) > nowMs);
    const secrets = [...made.map(unending), ...before].slice(0, limits.webhookSecretsMax * made.length);
    await this.#store.putEndpoint({ ...row, secrets, updatedAt: rfc3339(nowMs) });
    return { endpointId, secret, publicKeys: publicKeysOf(secrets, nowMs), previousExpiresAt };
  }

  async #existing(tenantId: string, endpointId: string): Promise<KeptWebhookEndpoint> {
    const kept = await this.#store.getEndpoint(tenantId, endpointId);
    if (kept === null) throw new AppError("webhook_endpoint_not_found");
    return kept;
  }

  /** What the schema cannot say. */
  #check({ url, headers = {} }: WebhookEndpointPatch): void {
    for (const name of Object.keys(headers)) {
      if (!headerName.test(name)) throw refused(`/headers/${name}`, "must be the name of a header");
      if (ownHeaders.test(name))
        throw refused(`/headers/${name}`, "must not be a header that deliveries have");
    }
    if (url === undefined) return;
    try {
      this.#outbound.check(url);
    } catch (error) {
      if (!(error instanceof OutboundFailure)) throw error;
      throw refused("/url", error.message);
    }
  }

  async #settled(): Promise<void> {
    if (this.#settleMs > 0) await pause(this.#clock, this.#settleMs);
  }

  #shown({ tenantId: _, secrets, disabled, ...rest }: KeptWebhookEndpoint): WebhookEndpoint {
    const publicKeys = publicKeysOf(secrets, this.#clock.nowMs());
    return {
      ...rest,
      events: [...rest.events],
      headers: { ...rest.headers },
      asymmetric: publicKeys.length > 0,
      publicKeys,
      enabled: disabled === null,
      disabledReason: disabled?.reason ?? null,
      disabledAt: disabled?.at ?? null,
    };
  }

  #now(): string {
    return rfc3339(this.#clock.nowMs());
  }
}

type SigningSecrets = WebhookEndpointRow["secrets"];
type SigningSecret = SigningSecrets[number];

function unending(secret: string): SigningSecret {
  return { secret, expiresAt: null };
}

function isAsymmetric({ secret }: SigningSecret): boolean {
  return isPrivateKey(secret);
}

/** With a key pair or without one, beside the secrets. */
function signing(secrets: SigningSecrets, asymmetric: boolean): SigningSecrets {
  if (!asymmetric) return secrets.filter((one) => !isAsymmetric(one));
  return secrets.some(isAsymmetric) ? secrets : [...secrets, unending(newPrivateKey())];
}

/** Of what signs now, the newest first. */
function publicKeysOf(secrets: SigningSecrets, nowMs: number): string[] {
  return secrets
    .filter((one) => isAsymmetric(one) && (one.expiresAt === null || Date.parse(one.expiresAt) > nowMs))
    .map(({ secret }) => publicKeyOf(secret));
}

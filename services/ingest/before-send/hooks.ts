import type { Authority } from "#shared/auth/authority.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { OutboundClient } from "#shared/outbound/client.ts";
import { OutboundFailure } from "#shared/outbound/failure.ts";
import { newSecret } from "#shared/outbound/webhook-keys.ts";
import type { BeforeSendHook, BeforeSendPut, KeptBeforeSend } from "#shared/protocol/before-send.ts";
import type { Store, TenantRow } from "#shared/store/store.ts";
import { refused } from "../content.ts";

interface HooksDeps {
  readonly store: Pick<Store, "getTenant" | "putTenant">;
  readonly authority: Pick<Authority, "forgetSettings">;
  readonly outbound: Pick<OutboundClient, "check">;
  readonly clock: Clock;
}

/** Which server is asked, as the customer's servers set it. Kept with the tenant. */
export class BeforeSendHooks {
  readonly #deps: HooksDeps;

  constructor(deps: HooksDeps) {
    this.#deps = deps;
  }

  /** @throws AppError invalid_request. */
  async put(tenantId: string, put: BeforeSendPut) {
    this.#check(put.url);
    const tenant = await this.#tenant(tenantId);
    const now = this.#now();
    const { timeoutMs = limits.hookMsDefault, ...rest } = put;
    const known = tenant.beforeSend;
    const secret = newSecret();
    const hook: KeptBeforeSend = {
      ...rest,
      timeoutMs,
      secrets: known?.secrets ?? [{ secret, expiresAt: null }],
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
    };
    await this.#keep({ ...tenant, beforeSend: hook });
    return known === undefined
      ? { isNew: true as const, hook: { ...shown(hook), secret } }
      : { isNew: false as const, hook: shown(hook) };
  }

  /** @throws AppError before_send_not_found. */
  async get(tenantId: string): Promise<BeforeSendHook> {
    return shown((await this.#existing(tenantId)).beforeSend);
  }

  /** @throws AppError before_send_not_found. */
  async remove(tenantId: string): Promise<void> {
    const { beforeSend: _, ...tenant } = await this.#existing(tenantId);
    await this.#keep(tenant);
  }

  /** @throws AppError before_send_not_found. */
  async rotate(tenantId: string) {
    const tenant = await this.#existing(tenantId);
    const nowMs = this.#deps.clock.nowMs();
    const previousExpiresAt = rfc3339(nowMs + limits.webhookSecretOverlapSeconds * 1_000);
    const secret = newSecret();
    const before = tenant.beforeSend.secrets
      .map((one) => ({ secret: one.secret, expiresAt: one.expiresAt ?? previousExpiresAt }))
      .filter(({ expiresAt }) => Date.parse(expiresAt) > nowMs);
    const secrets = [{ secret, expiresAt: null }, ...before].slice(0, limits.webhookSecretsMax);
    await this.#keep({ ...tenant, beforeSend: { ...tenant.beforeSend, secrets, updatedAt: rfc3339(nowMs) } });
    return { secret, previousExpiresAt };
  }

  async #existing(tenantId: string): Promise<TenantRow & { readonly beforeSend: KeptBeforeSend }> {
    const tenant = await this.#tenant(tenantId);
    if (tenant.beforeSend === undefined) throw new AppError("before_send_not_found");
    return { ...tenant, beforeSend: tenant.beforeSend };
  }

  async #tenant(tenantId: string): Promise<TenantRow> {
    const tenant = await this.#deps.store.getTenant(tenantId);
    if (tenant === null) throw new AppError("before_send_not_found");
    return tenant;
  }

  async #keep(tenant: TenantRow): Promise<void> {
    await this.#deps.store.putTenant(tenant);
    this.#deps.authority.forgetSettings(tenant.tenantId);
  }

  #check(url: string): void {
    try {
      this.#deps.outbound.check(url);
    } catch (error) {
      if (!(error instanceof OutboundFailure)) throw error;
      throw refused("/url", error.message);
    }
  }

  #now(): string {
    return rfc3339(this.#deps.clock.nowMs());
  }
}

function shown({ url, timeoutMs, onFailure, createdAt, updatedAt }: KeptBeforeSend): BeforeSendHook {
  return { url, timeoutMs, onFailure, createdAt, updatedAt };
}

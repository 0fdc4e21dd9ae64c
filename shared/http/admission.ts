import type { TenantCaller } from "#shared/auth/caller.ts";
import type { Quota } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Operation } from "#shared/protocol/operations/operation.ts";
import type { Rates } from "#shared/protocol/rates.ts";
import type { TenantSettings } from "#shared/protocol/tenant-settings.ts";
import { RateLimit } from "./rate-limit.ts";

/** What the operator allows a tenant, as memory has it: asking must not cost a message a look into the store. */
type RateSettings = Pick<
  TenantSettings,
  "rateRequests" | "rateUserMessages" | "rateConnectionFrames" | "connectionsMax"
>;

interface AdmissionOptions {
  readonly tenantRequests: number;
  readonly userSends: number;
  readonly connectionFrames: number;
  readonly settings: (tenantId: string) => RateSettings;
}

/** How often a tenant and its users may ask on this node. Requests and socket writes count alike. */
export class Admission {
  readonly #requests: RateLimit;
  readonly #sends: RateLimit;
  readonly #signals: RateLimit;
  readonly #reports: RateLimit;
  readonly #connectionFrames: number;
  readonly #settings: AdmissionOptions["settings"];

  constructor(options: AdmissionOptions) {
    this.#settings = options.settings;
    this.#connectionFrames = options.connectionFrames;
    this.#requests = new RateLimit({
      limit: options.tenantRequests,
      windowSeconds: limits.rateTenantRequestsWindowSeconds,
      what: "requests of this tenant",
    });
    this.#sends = new RateLimit({
      limit: options.userSends,
      windowSeconds: limits.rateUserSendsWindowSeconds,
      what: "messages of this user",
    });
    this.#signals = new RateLimit({
      limit: limits.rateUserSignalsMax,
      windowSeconds: limits.rateUserSignalsWindowSeconds,
      what: "signals of this user",
    });
    this.#reports = new RateLimit({
      limit: limits.rateUserReportsMax,
      windowSeconds: limits.rateUserReportsWindowSeconds,
      what: "reports of this user",
    });
  }

  /**
   * @returns of the limits that count this call, the one that is nearest.
   * @throws AppError rate_limited.
   */
  readonly admit = async (operation: Operation, caller: TenantCaller): Promise<Quota> => {
    const { tenantId } = caller;
    const ofTenant = await this.#takeRequest(tenantId);
    if (caller.kind !== "client") return ofTenant;
    // A customer's server sends for many users, and answers for them itself.
    const isSignal = operation.id === "signalTyping" || operation.id === "getPresence";
    const isReport = operation.id === "reportMessage" || operation.id === "reportCallQuality";
    if (operation.id !== "createMessage" && !isSignal && !isReport) return ofTenant;
    const ofUser = isReport
      ? await this.#reports.take(`${tenantId}/${caller.userId}`)
      : isSignal
        ? await this.#takeSignal(tenantId, caller.userId)
        : await this.#takeSend(tenantId, caller.userId);
    return ofUser.remaining < ofTenant.remaining ? ofUser : ofTenant;
  };

  /** @throws AppError rate_limited. */
  async admitIntent(tenantId: string, userId: string, kind: "send" | "other"): Promise<void> {
    await this.#takeRequest(tenantId);
    if (kind === "send") await this.#takeSend(tenantId, userId);
  }

  /** @throws AppError rate_limited. */
  async admitSignal(tenantId: string, userId: string): Promise<void> {
    await this.#takeRequest(tenantId);
    await this.#takeSignal(tenantId, userId);
  }

  /** Frames that one socket of the tenant's may send in a window. */
  readonly connectionFrames = (tenantId: string): number =>
    this.#settings(tenantId).rateConnectionFrames ?? this.#connectionFrames;

  /** Sockets that the tenant may have on a gateway; null: no limit of its own. */
  readonly connectionsMax = (tenantId: string): number | null => this.#settings(tenantId).connectionsMax;

  ratesOf(tenantId: string): Rates {
    const { rateRequests, rateUserMessages } = this.#settings(tenantId);
    const { rateTenantRequestsWindowSeconds, rateUserSendsWindowSeconds } = limits;
    const { rateUserSignalsWindowSeconds, rateConnectionFramesWindowSeconds } = limits;
    const { rateUserReportsWindowSeconds } = limits;
    const rate = (limit: number, windowSeconds: number) => ({ limit, windowSeconds });
    return {
      tenantRequests: rate(rateRequests ?? this.#requests.limit, rateTenantRequestsWindowSeconds),
      userMessages: rate(rateUserMessages ?? this.#sends.limit, rateUserSendsWindowSeconds),
      userReports: rate(this.#reports.limit, rateUserReportsWindowSeconds),
      userSignals: rate(this.#signals.limit, rateUserSignalsWindowSeconds),
      connectionFrames: rate(this.connectionFrames(tenantId), rateConnectionFramesWindowSeconds),
    };
  }

  #takeRequest(tenantId: string): Promise<Quota> {
    return this.#requests.take(tenantId, this.#settings(tenantId).rateRequests ?? undefined);
  }

  #takeSend(tenantId: string, userId: string): Promise<Quota> {
    const limit = this.#settings(tenantId).rateUserMessages ?? undefined;
    return this.#sends.take(`${tenantId}/${userId}`, limit);
  }

  #takeSignal(tenantId: string, userId: string): Promise<Quota> {
    return this.#signals.take(`${tenantId}/${userId}`);
  }
}

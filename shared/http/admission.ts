import type { TenantCaller } from "#shared/auth/caller.ts";
import { limits } from "#shared/limits.ts";
import type { Operation } from "#shared/protocol/operations/operation.ts";
import { RateLimit } from "./rate-limit.ts";

/** How often a tenant and its users may ask on this node. Requests and socket writes count alike. */
export class Admission {
  readonly #requests: RateLimit;
  readonly #sends: RateLimit;
  readonly #signals: RateLimit;

  constructor(options: { tenantRequests: number; userSends: number }) {
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
  }

  /** @throws AppError rate_limited. */
  readonly admit = async (operation: Operation, caller: TenantCaller): Promise<void> => {
    await this.#requests.take(caller.tenantId);
    // A customer's server sends for many users, and answers for them itself.
    if (operation.id === "createMessage" && caller.kind === "client") {
      await this.#sends.take(`${caller.tenantId}/${caller.userId}`);
    }
    const asksPresence = operation.id === "getPresence" && caller.kind === "client";
    if (operation.id === "signalTyping" || asksPresence)
      await this.#signals.take(`${caller.tenantId}/${caller.userId}`);
  };

  /** @throws AppError rate_limited. */
  async admitIntent(tenantId: string, userId: string, kind: "send" | "other"): Promise<void> {
    await this.#requests.take(tenantId);
    if (kind === "send") await this.#sends.take(`${tenantId}/${userId}`);
  }

  /** @throws AppError rate_limited. */
  async admitSignal(tenantId: string, userId: string): Promise<void> {
    await this.#requests.take(tenantId);
    await this.#signals.take(`${tenantId}/${userId}`);
  }
}

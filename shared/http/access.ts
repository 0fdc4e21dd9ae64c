import { type Authenticator, createAuthenticator } from "#shared/auth/authenticate.ts";
import { Authority } from "#shared/auth/authority.ts";
import type { TokenVerifier } from "#shared/auth/token-verifier.ts";
import type { Clock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { Store } from "#shared/store/store.ts";
import { Admission } from "./admission.ts";
import { RateLimit } from "./rate-limit.ts";
import type { RouteContext } from "./routes.ts";

/** Who may call this process, and how often; one per process, so that its parts agree at once. */
export interface Access {
  readonly authority: Authority;
  readonly authenticator: Authenticator;
  readonly admission: Admission;
  readonly route: RouteContext;
}

export function createAccess(options: {
  store: Store;
  clock: Clock;
  verifier: TokenVerifier;
  /** null: there are no operator's calls here. */
  adminKey: string | null;
  rates: {
    readonly rateTenantRequests: number;
    readonly rateAuthFailures: number;
    readonly rateConnectionFrames: number;
    /** Where messages are taken in. */
    readonly rateUserSends?: number;
  };
}): Access {
  const { store, clock, verifier, adminKey, rates } = options;
  const authority = new Authority({ store, clock });
  const failures = new RateLimit({
    limit: rates.rateAuthFailures,
    windowSeconds: limits.rateAuthFailuresWindowSeconds,
    what: "requests without a good credential",
  });
  const authenticator = createAuthenticator({ authority, verifier, adminKey, failures });
  const admission = new Admission({
    tenantRequests: rates.rateTenantRequests,
    userSends: rates.rateUserSends ?? Number.MAX_SAFE_INTEGER,
    connectionFrames: rates.rateConnectionFrames,
    settings: (tenantId) => authority.knownSettings(tenantId),
  });
  const { authenticate } = authenticator;
  return { authority, authenticator, admission, route: { authenticate, admit: admission.admit } };
}

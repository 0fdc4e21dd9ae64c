import { createHash } from "node:crypto";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from "jose";
import { LRUCache } from "lru-cache";
import type { Clock } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { identifierPattern } from "#shared/protocol/ids.ts";
import { type Session, sessionToken } from "./session-token.ts";

const identifier = new RegExp(identifierPattern);

export interface TokenVerifier {
  /**
   * Says nothing of revocations: see `authenticate.ts`.
   *
   * @throws AppError unauthenticated, token_expired; service_unavailable where the public keys cannot be had.
   */
  verify(token: string): Promise<Session>;
}

/** @param keys the issuer's own, or the URL where it publishes them. */
export function createTokenVerifier(options: {
  keys: JSONWebKeySet | URL;
  issuer: string;
  clock: Clock;
}): TokenVerifier {
  const { keys, issuer, clock } = options;
  const keyOf =
    keys instanceof URL
      ? createRemoteJWKSet(keys, {
          timeoutDuration: limits.jwksFetchMsMax,
          cooldownDuration: limits.jwksRefetchMsMin,
          cacheMaxAge: limits.jwksAgeMsMax,
        })
      : createLocalJWKSet(keys);
  /** By the token's hash, so that neither its length nor its secret stays in memory. */
  const verified = new LRUCache<string, Session>({ max: limits.authorityCacheEntriesMax });

  return {
    verify: async (token) => {
      if (token.length > limits.tokenCharsMax)
        throw new AppError("unauthenticated", "The token is too long.");
      const hash = createHash("sha256").update(token).digest("base64");
      const known = verified.get(hash);
      if (known !== undefined) {
        if (isExpired(known, clock)) throw new AppError("token_expired");
        return known;
      }
      try {
        const { payload } = await jwtVerify(token, keyOf, {
          algorithms: [sessionToken.algorithm],
          typ: sessionToken.type,
          issuer,
          audience: sessionToken.audience,
          requiredClaims: ["sub", "iat", "exp", "jti"],
          clockTolerance: limits.tokenClockToleranceSeconds,
          currentDate: new Date(clock.nowMs()),
        });
        const session = sessionOf(payload);
        verified.set(hash, session);
        return session;
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

function isExpired(session: Session, clock: Clock): boolean {
  return session.expiresAtMs + limits.tokenClockToleranceSeconds * 1_000 <= clock.nowMs();
}

function sessionOf(payload: JWTPayload): Session {
  const tenantId = payload[sessionToken.claims.tenant];
  const issuedAtMs = payload[sessionToken.claims.issuedAtMs];
  const { sub, jti, exp } = payload;
  if (
    typeof tenantId !== "string" ||
    !identifier.test(tenantId) ||
    typeof sub !== "string" ||
    !identifier.test(sub) ||
    typeof issuedAtMs !== "number" ||
    typeof jti !== "string" ||
    typeof exp !== "number"
  ) {
    throw new AppError("unauthenticated", "The token lacks a claim.");
  }
  return { tenantId, userId: sub, tokenId: jti, issuedAtMs, expiresAtMs: exp * 1_000 };
}

/** What jose says where the keys are at fault and not the token; the generic one of an answer that holds no keys. */
const keyFaults: ReadonlySet<string> = new Set([
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
  errors.JOSEError.code,
]);

function refusalOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof errors.JWTExpired) return new AppError("token_expired", undefined, { cause: error });
  if (!(error instanceof errors.JOSEError) || keyFaults.has(error.code)) {
    return new AppError("service_unavailable", "The public keys cannot be had now.", { cause: error });
  }
  return new AppError("unauthenticated", "The token is not a good session token.", { cause: error });
}

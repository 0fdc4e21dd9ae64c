import { randomUUID } from "node:crypto";
import { type CryptoKey, importJWK, type JSONWebKeySet, type JWK, SignJWT } from "jose";
import type { Clock } from "#shared/clock.ts";
import { sessionToken } from "./session-token.ts";
import type { SigningJwk } from "./signing-keys.ts";

export interface TokenIssuer {
  issue(of: {
    tenantId: string;
    userId: string;
    ttlSeconds: number;
    /** Issued after this even where our clock says otherwise: a revocation that another node's clock dated. */
    afterMs?: number;
  }): Promise<{ token: string; expiresAtMs: number }>;
  /** The public halves of all keys: what the first signed today, the others did before. */
  readonly jwks: JSONWebKeySet;
}

/** @param keys the first signs. */
export async function createTokenIssuer(options: {
  keys: readonly SigningJwk[];
  issuer: string;
  clock: Clock;
}): Promise<TokenIssuer> {
  const { keys, issuer, clock } = options;
  const [first] = keys;
  if (first === undefined) throw new Error("There is no key to sign with.");
  // An OKP key never comes as bytes.
  const privateKey = (await importJWK(first, sessionToken.algorithm)) as CryptoKey;
  const header = { alg: sessionToken.algorithm, typ: sessionToken.type, kid: first.kid };

  return {
    jwks: { keys: keys.map(publicHalf) },
    issue: async ({ tenantId, userId, ttlSeconds, afterMs = 0 }) => {
      const issuedAtMs = Math.max(clock.nowMs(), afterMs + 1);
      const expiresAt = Math.floor(issuedAtMs / 1_000) + ttlSeconds;
      const token = await new SignJWT({
        [sessionToken.claims.tenant]: tenantId,
        [sessionToken.claims.issuedAtMs]: issuedAtMs,
      })
        .setProtectedHeader(header)
        .setIssuer(issuer)
        .setAudience(sessionToken.audience)
        .setSubject(userId)
        .setIssuedAt(Math.floor(issuedAtMs / 1_000))
        .setExpirationTime(expiresAt)
        .setJti(randomUUID())
        .sign(privateKey);
      return { token, expiresAtMs: expiresAt * 1_000 };
    },
  };
}

/** Named one by one, so that nothing private can slip through. */
function publicHalf({ kty, crv, x, kid }: SigningJwk): JWK {
  return { kty, crv, x, kid, alg: sessionToken.algorithm, use: "sig" };
}

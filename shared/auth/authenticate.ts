import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "#shared/errors/app-error.ts";
import type { RateLimit } from "#shared/http/rate-limit.ts";
import { identifierPattern } from "#shared/protocol/ids.ts";
import { parseApiKey, sameHash, sameSecret } from "./api-key.ts";
import type { Authority } from "./authority.ts";
import type { Authenticate, Caller } from "./caller.ts";
import type { Session } from "./session-token.ts";
import type { TokenVerifier } from "./token-verifier.ts";

const identifier = new RegExp(identifierPattern);

export interface Authenticator {
  readonly authenticate: Authenticate;
  /**
   * A session that is good now, its revocation included: for sockets.
   *
   * @throws AppError unauthenticated, token_expired, token_revoked, service_unavailable, store_unavailable.
   */
  session(token: string): Promise<Session>;
}

/** Finds out who calls. `adminKey` null: there are no operator's calls here. */
export function createAuthenticator(options: {
  authority: Authority;
  verifier: TokenVerifier;
  adminKey: string | null;
  /** Counts requests without a good credential by address. */
  failures: RateLimit;
}): Authenticator {
  const { authority, verifier, adminKey, failures } = options;

  const session = async (token: string): Promise<Session> => {
    const found = await verifier.verify(token);
    const revokedBeforeMs = await authority.revokedBeforeMs(found.tenantId, found.userId);
    if (found.issuedAtMs <= revokedBeforeMs) throw new AppError("token_revoked");
    return found;
  };

  const serverCaller = async (apiKey: string, actingUserId: string | undefined): Promise<Caller> => {
    const parsed = parseApiKey(apiKey);
    const row = parsed === null ? null : await authority.apiKey(parsed.keyId);
    if (parsed === null || row === null || !sameHash(parsed.secretHash, row.secretHash)) {
      throw new AppError("unauthenticated", "This is not a key of ours.");
    }
    if (row.revokedAt !== null) throw new AppError("unauthenticated", "The key was revoked.");
    if (actingUserId !== undefined && !identifier.test(actingUserId)) {
      const details = [{ path: "/headers/x-user-id", message: `must match pattern ${identifierPattern}` }];
      throw new AppError("invalid_request", undefined, { details });
    }
    return { kind: "server", tenantId: row.tenantId, userId: actingUserId ?? null, keyId: row.keyId };
  };

  const operator = (headers: IncomingHttpHeaders): Caller => {
    const given = headers["x-admin-key"];
    if (adminKey === null || typeof given !== "string" || !sameSecret(given, adminKey)) {
      throw new AppError("unauthenticated", "This call needs the operator's key in x-admin-key.");
    }
    return { kind: "operator" };
  };

  const tenantCaller = async (headers: IncomingHttpHeaders): Promise<Caller> => {
    const apiKey = oneHeader(headers, "x-api-key");
    const authorization = headers.authorization;
    if (apiKey !== undefined && authorization !== undefined) {
      throw new AppError("unauthenticated", "Send an API key or a session token, not both.");
    }
    if (apiKey !== undefined) return serverCaller(apiKey, oneHeader(headers, "x-user-id"));
    if (authorization === undefined) {
      throw new AppError("unauthenticated", "Send x-api-key, or authorization: Bearer with a session token.");
    }
    const token = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
    if (token === undefined)
      throw new AppError("unauthenticated", "The authorization is not Bearer with a token.");
    const { tenantId, userId } = await session(token);
    return { kind: "client", tenantId, userId };
  };

  return {
    session,
    authenticate: async ({ headers, ip }, auth) => {
      try {
        return auth === "operator" ? operator(headers) : await tenantCaller(headers);
      } catch (error) {
        // A good credential is taken from any address: many honest callers may share one with a bad one. And a token
        // that ran out was good, so a crowd that comes back with old ones is not an attack.
        if (error instanceof AppError && error.code === "unauthenticated") await failures.take(ip);
        throw error;
      }
    },
  };
}

/** Node joins a header that is sent twice with commas, which no id and no key has: it will not match. */
function oneHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

import type { FastifyRequest } from "fastify";
import type { Operation } from "#shared/protocol/operations/operation.ts";

/** A customer's server with its API key, for a user of its tenant or (null) for none. */
interface ServerCaller {
  readonly kind: "server";
  readonly tenantId: string;
  readonly userId: string | null;
  readonly keyId: string;
}

/** A user's device with a session token. */
interface ClientCaller {
  readonly kind: "client";
  readonly tenantId: string;
  readonly userId: string;
}

interface OperatorCaller {
  readonly kind: "operator";
}

export type Caller = ServerCaller | ClientCaller | OperatorCaller;
/** A caller who acts within a tenant. */
export type TenantCaller = ServerCaller | ClientCaller;
/** … and for a certain user. */
type UserCaller = (ServerCaller & { readonly userId: string }) | ClientCaller;

/** Who a handler of an operation may be called by. */
export interface CallerByAuth {
  none: null;
  server: ServerCaller;
  user: UserCaller;
  any: TenantCaller;
  operator: OperatorCaller;
}

/**
 * Finds out who calls, for operations that ask for somebody.
 *
 * @throws AppError unauthenticated, token_expired, token_revoked, rate_limited, invalid_request (bad x-user-id).
 */
export type Authenticate = (
  request: Pick<FastifyRequest, "headers" | "ip">,
  auth: Exclude<Operation["auth"], "none">,
) => Promise<Caller>;

import { Type } from "typebox";
import { TenantId, UserId } from "../ids.ts";
import { TokenRequest } from "../requests.ts";
import { strict, Time } from "../resources.ts";
import { define, none } from "./operation.ts";

export const sessionsOperations = {
  createToken: define({
    id: "createToken",
    method: "POST",
    path: "/v1/auth/token",
    service: "ingest",
    auth: "server",
    summary: "Trade the API key for a user's session token, and keep the user's profile.",
    params: none,
    query: none,
    body: TokenRequest,
    responses: {
      200: Type.Object({ token: Type.String(), userId: UserId, tenantId: TenantId, expiresAt: Time }, strict),
    },
    errors: [],
  }),
  getJwks: define({
    id: "getJwks",
    method: "GET",
    path: "/.well-known/jwks.json",
    service: "ingest",
    auth: "none",
    summary: "The public keys of session tokens.",
    params: none,
    query: none,
    body: null,
    responses: { 200: Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) }, strict) },
    errors: [],
  }),
} as const;

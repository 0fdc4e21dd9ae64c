import type { FastifyInstance } from "fastify";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { IngestRoutes } from "./context.ts";

export function registerJwks(app: FastifyInstance, context: IngestRoutes): void {
  const body = { keys: context.issuer.jwks.keys.map((key) => ({ ...key })) };
  registerOperation(app, operations.getJwks, { ...context, handle: async () => answer(200, body) });
}

import type { FastifyInstance } from "fastify";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Erasures } from "../erasures.ts";
import type { IngestRoutes } from "./context.ts";

export function registerErasures(app: FastifyInstance, context: IngestRoutes, erasures: Erasures): void {
  registerOperation(app, operations.eraseUser, {
    ...context,
    handle: async ({ params: { userId }, query }, { tenantId }) =>
      answer(202, await erasures.begin(tenantId, userId, query.messages ?? "anonymise")),
  });

  registerOperation(app, operations.getErasure, {
    ...context,
    handle: async ({ params: { taskId } }, { tenantId }) => answer(200, await erasures.get(tenantId, taskId)),
  });
}

import type { FastifyInstance } from "fastify";
import { publicBounds } from "#shared/docs/public-limits.ts";
import type { Admission } from "#shared/http/admission.ts";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";

export function registerLimits(app: FastifyInstance, context: RouteContext, admission: Admission): void {
  registerOperation(app, operations.getLimits, {
    ...context,
    handle: async (_call, { tenantId }) =>
      answer(200, {
        rates: admission.ratesOf(tenantId),
        quotas: { connections: admission.connectionsMax(tenantId) },
        bounds: publicBounds,
      }),
  });
}

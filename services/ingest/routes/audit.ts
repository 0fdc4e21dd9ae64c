import type { FastifyInstance } from "fastify";
import { AppError } from "#shared/errors/app-error.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { limits } from "#shared/limits.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { IngestRoutes } from "./context.ts";

export function registerAudit(app: FastifyInstance, context: IngestRoutes): void {
  const { store } = context;
  const page = async (
    tenantId: string,
    { limit = limits.pageItemsDefault, cursor }: { limit?: number; cursor?: string },
  ) => {
    const before = cursor === undefined ? {} : { before: cursor };
    const found = await store.audit.list(tenantId, { ...before, limit: limit + 1 });
    const items = found.slice(0, limit);
    return { items, next: found.length > limit ? (items.at(-1)?.auditId ?? null) : null };
  };

  registerOperation(app, operations.listAudit, {
    ...context,
    handle: async ({ query }, { tenantId }) => answer(200, await page(tenantId, query)),
  });
  registerOperation(app, operations.listTenantAudit, {
    ...context,
    handle: async ({ params: { tenantId }, query }) => {
      if ((await store.getTenant(tenantId)) === null) throw new AppError("tenant_not_found");
      return answer(200, await page(tenantId, query));
    },
  });
}

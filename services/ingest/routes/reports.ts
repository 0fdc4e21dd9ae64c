import type { FastifyInstance } from "fastify";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { limits } from "#shared/limits.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Report } from "#shared/protocol/reports.ts";
import type { Reports } from "../reports.ts";

export function registerReports(app: FastifyInstance, context: RouteContext, reports: Reports): void {
  registerOperation(app, operations.reportMessage, {
    ...context,
    handle: async ({ params, body }, { tenantId, userId }) => {
      const { isNew, report } = await reports.make({ tenantId, ...params }, userId, body);
      return answer(isNew ? 201 : 200, ownReport(report));
    },
  });
  registerOperation(app, operations.listReports, {
    ...context,
    handle: async ({ query: { limit = limits.pageItemsDefault, cursor, ...filter } }, { tenantId }) =>
      answer(200, await reports.list(tenantId, filter, { cursor, limit })),
  });
  registerOperation(app, operations.getReport, {
    ...context,
    handle: async ({ params }, { tenantId }) => answer(200, await reports.get(tenantId, params.reportId)),
  });
  registerOperation(app, operations.resolveReport, {
    ...context,
    handle: async ({ params, body }, { tenantId }) =>
      answer(200, await reports.resolve(tenantId, params.reportId, body)),
  });
}

/** What whoever made it is shown: not what came of it. */
function ownReport({ reportId, roomId, messageId, at, reason, note }: Report) {
  return { reportId, roomId, messageId, at, reason, note };
}

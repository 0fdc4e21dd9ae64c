import type { FastifyInstance } from "fastify";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { BeforeSendHooks } from "../before-send/hooks.ts";

export function registerBeforeSend(
  app: FastifyInstance,
  context: RouteContext,
  hooks: BeforeSendHooks,
): void {
  registerOperation(app, operations.putBeforeSend, {
    ...context,
    handle: async ({ body }, { tenantId }) => {
      const put = await hooks.put(tenantId, body);
      return put.isNew ? answer(201, put.hook) : answer(200, put.hook);
    },
  });
  registerOperation(app, operations.getBeforeSend, {
    ...context,
    handle: async (_call, { tenantId }) => answer(200, await hooks.get(tenantId)),
  });
  registerOperation(app, operations.deleteBeforeSend, {
    ...context,
    handle: async (_call, { tenantId }) => {
      await hooks.remove(tenantId);
      return answer(204, null);
    },
  });
  registerOperation(app, operations.rotateBeforeSendSecret, {
    ...context,
    handle: async (_call, { tenantId }) => answer(200, await hooks.rotate(tenantId)),
  });
}

import type { FastifyInstance } from "fastify";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { WebhookEndpoints } from "../webhooks.ts";

export function registerWebhooks(
  app: FastifyInstance,
  context: RouteContext,
  endpoints: WebhookEndpoints,
): void {
  registerOperation(app, operations.createWebhookEndpoint, {
    ...context,
    handle: async ({ body }, { tenantId }) => answer(201, await endpoints.create(tenantId, body)),
  });
  registerOperation(app, operations.listWebhookEndpoints, {
    ...context,
    handle: async (_call, { tenantId }) => answer(200, { items: await endpoints.list(tenantId), next: null }),
  });
  registerOperation(app, operations.getWebhookEndpoint, {
    ...context,
    handle: async ({ params }, { tenantId }) => answer(200, await endpoints.get(tenantId, params.endpointId)),
  });
  registerOperation(app, operations.updateWebhookEndpoint, {
    ...context,
    handle: async ({ params, body }, { tenantId }) =>
      answer(200, await endpoints.update(tenantId, params.endpointId, body)),
  });
  registerOperation(app, operations.deleteWebhookEndpoint, {
    ...context,
    handle: async ({ params }, { tenantId }) => {
      await endpoints.remove(tenantId, params.endpointId);
      return answer(204, null);
    },
  });
  registerOperation(app, operations.rotateWebhookSecret, {
    ...context,
    handle: async ({ params }, { tenantId }) =>
      answer(200, await endpoints.rotate(tenantId, params.endpointId)),
  });
}

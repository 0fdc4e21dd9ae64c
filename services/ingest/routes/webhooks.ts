import type { FastifyInstance } from "fastify";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { limits } from "#shared/limits.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { WebhookLog } from "../webhook-log.ts";
import type { WebhookEndpoints } from "../webhooks.ts";
import { applying } from "./context.ts";

export function registerWebhooks(
  app: FastifyInstance,
  context: RouteContext,
  { endpoints, log }: { readonly endpoints: WebhookEndpoints; readonly log: WebhookLog },
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

  registerOperation(app, operations.testWebhookEndpoint, {
    ...context,
    handle: async ({ params }, { tenantId }) => answer(202, await log.test(tenantId, params.endpointId)),
  });
  registerOperation(app, operations.replayWebhookEndpoint, {
    ...context,
    handle: async ({ params, body }, { tenantId }) => {
      await log.replay(tenantId, params.endpointId, body);
      return applying;
    },
  });
  registerOperation(app, operations.listWebhookDeliveries, {
    ...context,
    handle: async ({ query: { limit = limits.pageItemsDefault, cursor, ...filter } }, { tenantId }) =>
      answer(200, await log.list(tenantId, filter, { cursor, limit })),
  });
  registerOperation(app, operations.getWebhookDelivery, {
    ...context,
    handle: async ({ params }, { tenantId }) => answer(200, await log.get(tenantId, params.deliveryId)),
  });
  registerOperation(app, operations.retryWebhookDelivery, {
    ...context,
    handle: async ({ params }, { tenantId }) => {
      await log.retry(tenantId, params.deliveryId);
      return applying;
    },
  });
}

import type { FastifyInstance } from "fastify";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Store } from "#shared/store/store.ts";
import { defaultUserSettings } from "#shared/store/user-settings.ts";

export function registerOwnSettings(
  app: FastifyInstance,
  store: Pick<Store, "readUserSettings">,
  route: RouteContext,
): void {
  registerOperation(app, operations.getPrivacy, {
    ...route,
    handle: async (_call, { tenantId, userId }) => {
      const [settings = defaultUserSettings] = await store.readUserSettings(tenantId, [userId]);
      const { receipts, presence } = settings;
      return answer(200, { receipts, presence });
    },
  });
  registerOperation(app, operations.listBlocks, {
    ...route,
    handle: async (_call, { tenantId, userId }) => {
      const [settings = defaultUserSettings] = await store.readUserSettings(tenantId, [userId]);
      return answer(200, { items: settings.blocked.map((blocked) => ({ userId: blocked })), next: null });
    },
  });
}

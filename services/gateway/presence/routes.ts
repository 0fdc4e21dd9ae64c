import type { FastifyInstance } from "fastify";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Store } from "#shared/store/store.ts";
import type { Presences } from "./presences.ts";
import { visibleTo } from "./visible.ts";

export function registerPresence(
  app: FastifyInstance,
  deps: {
    readonly presences: Presences;
    readonly store: Pick<Store, "listOpenRooms" | "listSeenRooms" | "readUserSettings">;
  },
  route: RouteContext,
): void {
  registerOperation(app, operations.getPresence, {
    ...route,
    handle: async ({ query }, caller) => {
      const userIds = [...new Set(query.userIds.split(","))];
      const visible = await visibleTo(deps.store, caller, userIds);
      const known = await deps.presences.read(caller.tenantId, [...visible]);
      const items = userIds.map((userId) => known.get(userId) ?? { userId, online: false, lastSeenAt: null });
      return answer(200, { items });
    },
  });
}

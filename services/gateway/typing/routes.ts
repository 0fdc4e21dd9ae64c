import type { FastifyInstance } from "fastify";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Typing } from "./typing.ts";

export function registerTyping(app: FastifyInstance, typing: Typing, route: RouteContext): void {
  registerOperation(app, operations.signalTyping, {
    ...route,
    handle: async ({ params: { roomId }, body }, { tenantId, userId }) => {
      await typing.sayFor({ tenantId, roomId, userId: userId as string }, body.typing ?? true);
      return answer(202, { accepted: true as const });
    },
  });
}

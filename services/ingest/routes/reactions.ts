import type { FastifyInstance } from "fastify";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { maskingIn } from "#shared/protocol/masking.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { applying, envelope, type IngestRoutes } from "./context.ts";

export function registerReactions(app: FastifyInstance, context: IngestRoutes): void {
  registerOperation(app, operations.addReaction, {
    ...context,
    handle: async ({ params: { roomId, messageId, key } }, caller) => {
      const { reactionsOnePerUser: onePerUser, masking } = await context.authority.settings(caller.tenantId);
      const outcome = await context.commands.apply({
        ...envelope(context, caller, roomId),
        type: "reaction.add",
        userId: caller.userId,
        messageId,
        key,
        onePerUser,
        ...maskingIn(masking, roomId),
      });
      return outcome?.resource == null ? applying : answer(200, outcome.resource as Message);
    },
  });

  registerOperation(app, operations.removeReaction, {
    ...context,
    handle: async ({ params: { roomId, messageId, key } }, caller) => {
      const outcome = await context.commands.apply({
        ...envelope(context, caller, roomId),
        type: "reaction.remove",
        userId: caller.userId,
        messageId,
        key,
      });
      return outcome === null ? applying : answer(204, null);
    },
  });
}

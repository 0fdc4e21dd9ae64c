import type { FastifyInstance } from "fastify";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { applying, envelope, type IngestRoutes } from "./context.ts";

export function registerPins(app: FastifyInstance, context: IngestRoutes): void {
  registerOperation(app, operations.pinMessage, {
    ...context,
    handle: async ({ params: { roomId, messageId } }, caller) => {
      const command = { ...envelope(context, caller, roomId), type: "message.pin", messageId } as const;
      const outcome = await context.commands.apply(command);
      return outcome?.resource == null ? applying : answer(200, outcome.resource as Message);
    },
  });

  registerOperation(app, operations.unpinMessage, {
    ...context,
    handle: async ({ params: { roomId, messageId } }, caller) => {
      const command = { ...envelope(context, caller, roomId), type: "message.unpin", messageId } as const;
      const outcome = await context.commands.apply(command);
      return outcome === null ? applying : answer(204, null);
    },
  });
}

import type { FastifyInstance } from "fastify";
import type { TenantCaller } from "#shared/auth/caller.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import type { MarkerCommand } from "#shared/protocol/commands.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { MemberResource, ReadPosition } from "#shared/protocol/resources.ts";
import { applying, envelope, type IngestRoutes } from "./context.ts";

/** The markers of the acting user. */
export function registerReceipts(app: FastifyInstance, context: IngestRoutes): void {
  const move = async (
    caller: TenantCaller & { readonly userId: string },
    roomId: string,
    { type, number }: Pick<MarkerCommand, "type" | "number">,
  ) => {
    const { tenantId, userId } = caller;
    await context.authority.membership(tenantId, roomId, userId);
    const outcome = await context.commands.apply({
      ...envelope(context, caller, roomId),
      type,
      userId,
      number,
    });
    return outcome?.resource ?? null;
  };

  registerOperation(app, operations.readRoom, {
    ...context,
    handle: async ({ params: { roomId }, body: { number } }, caller) => {
      const member = await move(caller, roomId, { type: "room.read", number });
      return member === null ? applying : answer(200, member as MemberResource);
    },
  });

  registerOperation(app, operations.deliverRoom, {
    ...context,
    handle: async ({ params: { roomId }, body: { number } }, caller) => {
      const member = await move(caller, roomId, { type: "room.delivered", number });
      return member === null ? applying : answer(200, member as MemberResource);
    },
  });

  registerOperation(app, operations.unreadRoom, {
    ...context,
    handle: async ({ params: { roomId }, body: { number } }, caller) => {
      const position = await move(caller, roomId, { type: "room.unread", number });
      return position === null ? applying : answer(200, position as ReadPosition);
    },
  });
}

import type { FastifyInstance } from "fastify";
import { assertCustomFits } from "#shared/http/custom-fits.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { MemberResource } from "#shared/protocol/resources.ts";
import { applying, assertMayTouch, envelope, type IngestRoutes, letIn } from "./context.ts";

export function registerMembers(app: FastifyInstance, context: IngestRoutes): void {
  registerOperation(app, operations.putMember, {
    ...context,
    handle: async ({ params: { roomId, userId }, body }, caller) => {
      assertCustomFits(body.custom, "/custom");
      await assertMayTouch(context, caller, roomId);
      await context.openRooms.assertSpace(caller.tenantId, roomId, [userId]);
      const place = { tenantId: caller.tenantId, roomId };
      const outcome = await letIn(context, place, [userId], (settings) =>
        context.commands.apply({
          ...envelope(context, caller, roomId),
          type: "member.put",
          userId,
          ...settings,
          ...body,
        }),
      );
      if (outcome === null) return applying;
      return answer(outcome.result === "created" ? 201 : 200, outcome.resource as MemberResource);
    },
  });

  registerOperation(app, operations.removeMember, {
    ...context,
    handle: async ({ params: { roomId, userId } }, caller) => {
      await assertMayTouch(context, caller, roomId);
      const outcome = await context.commands.apply({
        ...envelope(context, caller, roomId),
        type: "member.remove",
        userId,
      });
      return outcome === null ? applying : answer(204, null);
    },
  });
}

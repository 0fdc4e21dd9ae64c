import type { FastifyInstance } from "fastify";
import type { TenantCaller } from "#shared/auth/caller.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { assertCustomFits } from "#shared/http/custom-fits.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { limits } from "#shared/limits.ts";
import type { PutRoom } from "#shared/protocol/commands.ts";
import { maskingIn } from "#shared/protocol/masking.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { RoomPut } from "#shared/protocol/requests.ts";
import type { Room } from "#shared/protocol/resources.ts";
import { assertRealTime, refused } from "../content.ts";
import { applying, assertMayTouch, envelope, type IngestRoutes, letIn } from "./context.ts";

export function registerRooms(app: FastifyInstance, context: IngestRoutes): void {
  registerOperation(app, operations.putRoom, {
    ...context,
    handle: async ({ params, body }, caller) => {
      const { type: roomType, members: _members, ...fields } = body;
      assertCustomFits(body.custom, "/custom");
      assertTimes(body, context.clock.nowMs());
      const members = membersOf(body);
      const userIds = members.map(({ userId }) => userId);
      await context.openRooms.assertSpace(caller.tenantId, params.roomId, userIds);
      const place = { tenantId: caller.tenantId, roomId: params.roomId };
      const outcome = await letIn(context, place, userIds, (settings) =>
        context.commands.apply({
          ...envelope(context, caller, params.roomId),
          type: "room.put",
          roomType,
          members,
          ...settings,
          ...fields,
        }),
      );
      if (outcome === null) return applying;
      return answer(outcome.result === "created" ? 201 : 200, outcome.resource as Room);
    },
  });

  registerOperation(app, operations.patchRoom, {
    ...context,
    handle: async ({ params, body }, caller) => {
      assertCustomFits(body.custom, "/custom");
      assertTimes(body, context.clock.nowMs());
      await assertMayTouch(context, caller, params.roomId);
      const { masking } = await context.authority.settings(caller.tenantId);
      const outcome = await context.commands.apply({
        ...envelope(context, caller, params.roomId),
        type: "room.patch",
        ...maskingIn(masking, params.roomId),
        ...body,
      });
      return outcome === null ? applying : answer(200, outcome.resource as Room);
    },
  });

  registerOperation(app, operations.closeRooms, {
    ...context,
    handle: async ({ body: { roomIds } }, caller, { id }) => {
      const items = await Promise.all(roomIds.map((roomId) => closeOne(context, caller, roomId, id)));
      return answer(200, { items });
    },
  });

  registerOperation(app, operations.deleteRoom, {
    ...context,
    handle: async ({ params }, caller) => {
      await assertMayTouch(context, caller, params.roomId);
      const outcome = await context.commands.apply({
        ...envelope(context, caller, params.roomId),
        type: "room.delete",
      });
      return outcome === null ? applying : answer(204, null);
    },
  });
}

/** One that is refused is refused alone. */
async function closeOne(context: IngestRoutes, caller: TenantCaller, roomId: string, requestId: string) {
  try {
    await assertMayTouch(context, caller, roomId);
    const command = { ...envelope(context, caller, roomId), type: "room.patch", state: "closed" } as const;
    const outcome = await context.commands.apply(command);
    return { roomId, result: outcome === null ? ("accepted" as const) : ("closed" as const) };
  } catch (thrown) {
    return { roomId, result: "refused" as const, error: AppError.from(thrown).toBody(requestId) };
  }
}

/** @throws AppError invalid_request where a time does not exist, or is too far off to be kept. */
function assertTimes(times: Pick<RoomPut, "freezeAt" | "closeAt">, nowMs: number): void {
  for (const name of ["freezeAt", "closeAt"] as const) {
    const time = times[name];
    assertRealTime(time, `/${name}`);
    if (time != null && Date.parse(time) > nowMs + limits.roomTimeAheadMsMax) {
      throw refused(`/${name}`, "must be within the next five years");
    }
  }
}

/** @throws AppError invalid_request where a user is named twice, or a direct room has not two. */
function membersOf({ type, members }: RoomPut): PutRoom["members"] {
  const seen = new Set<string>();
  for (const [index, { userId }] of members.entries()) {
    if (seen.has(userId)) throw refused(`/members/${index}/userId`, "is named twice");
    seen.add(userId);
    assertCustomFits(members[index]?.custom, `/members/${index}/custom`);
  }
  if (type === "direct" && members.filter(({ role }) => role !== "observer").length !== 2) {
    throw refused("/members", "must be exactly two in a direct room");
  }
  return members;
}

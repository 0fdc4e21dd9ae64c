import type { FastifyInstance } from "fastify";
import type { TenantCaller } from "#shared/auth/caller.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Muting } from "#shared/protocol/resources.ts";
import { defaultUserSettings } from "#shared/store/user-settings.ts";
import { actorOf, applying, envelope, type IngestRoutes } from "./context.ts";

/** What the acting user wants for itself. */
export function registerOwnSettings(app: FastifyInstance, context: IngestRoutes): void {
  registerOperation(app, operations.putPrivacy, {
    ...context,
    handle: async ({ body }, caller) => {
      const commands = await context.ownSettings.setPrivacy(caller, actorOf(caller), body);
      await context.commands.append(commands);
      const { tenantId, userId } = caller;
      const [settings = defaultUserSettings] = await context.store.readUserSettings(tenantId, [userId]);
      const { receipts, presence } = settings;
      return answer(200, { receipts, presence });
    },
  });

  registerOperation(app, operations.putBlock, {
    ...context,
    handle: async ({ params: { blockedId } }, caller) => {
      const commands = await context.ownSettings.setBlocked(caller, actorOf(caller), blockedId, true);
      await context.commands.append(commands);
      return answer(200, { userId: blockedId });
    },
  });

  registerOperation(app, operations.deleteBlock, {
    ...context,
    handle: async ({ params: { blockedId } }, caller) => {
      const commands = await context.ownSettings.setBlocked(caller, actorOf(caller), blockedId, false);
      await context.commands.append(commands);
      return answer(204, null);
    },
  });

  const mute = async (
    caller: TenantCaller & { readonly userId: string },
    roomId: string,
    muted: boolean,
  ): Promise<Muting | null> => {
    const { tenantId, userId } = caller;
    await context.authority.membership(tenantId, roomId, userId);
    const command = { ...envelope(context, caller, roomId), type: "room.mute", userId, muted } as const;
    const outcome = await context.commands.apply(command);
    return outcome === null ? null : (outcome.resource as Muting);
  };

  registerOperation(app, operations.muteRoom, {
    ...context,
    handle: async ({ params: { roomId } }, caller) => {
      const muting = await mute(caller, roomId, true);
      return muting === null ? applying : answer(200, muting);
    },
  });

  registerOperation(app, operations.unmuteRoom, {
    ...context,
    handle: async ({ params: { roomId } }, caller) => {
      const muting = await mute(caller, roomId, false);
      return muting === null ? applying : answer(200, muting);
    },
  });
}

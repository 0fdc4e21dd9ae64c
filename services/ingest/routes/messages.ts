import type { FastifyInstance } from "fastify";
import type { TenantCaller } from "#shared/auth/caller.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { assertCustomFits } from "#shared/http/custom-fits.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import type { CreateMessage } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import { maskingIn } from "#shared/protocol/masking.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { assertFitsTenant, messageFields } from "../content.ts";
import { assertNewFits } from "../may-send.ts";
import { applying, envelope, type IngestRoutes } from "./context.ts";

export function registerMessages(app: FastifyInstance, context: IngestRoutes): void {
  registerOperation(app, operations.createMessage, {
    ...context,
    handle: async ({ params: { roomId }, body }, caller) => {
      const { clientId = null, ...content } = body;
      const fields = messageFields(content);
      assertSender(caller, fields.kind);
      const senderId = caller.userId;
      const messageId = messageIdFor({ tenantId: caller.tenantId, roomId, senderId, clientId });
      const settings = await context.authority.settings(caller.tenantId);
      const wanted: CreateMessage = {
        ...envelope(context, caller, roomId),
        type: "message.create",
        messageId,
        clientId,
        ...fields,
        ...maskingIn(settings.masking, roomId),
      };
      await assertNewFits(context.store, wanted, settings);
      const command = await context.beforeSend.message(wanted);
      command.attachments = await context.attachments.named(command, command.attachments);
      // Whether the sender may is the room's owner's word, which this call waits for anyhow.
      const outcome = await context.commands.apply(command);
      if (outcome === null) return answer(202, { messageId, clientId });
      // The original may be a moment away from being readable; the caller has its id either way.
      if (outcome.resource === null) return answer(202, { messageId, clientId });
      return answer(outcome.result === "created" ? 201 : 200, outcome.resource as Message);
    },
  });

  registerOperation(app, operations.updateMessage, {
    ...context,
    handle: async ({ params, body }, caller) => {
      assertCustomFits(body.custom, "/custom");
      const settings = await context.authority.settings(caller.tenantId);
      assertFitsTenant(body, settings);
      const { editSeconds, masking } = settings;
      const command = await context.beforeSend.edit({
        ...envelope(context, caller, params.roomId),
        type: "message.update",
        messageId: params.messageId,
        withinSeconds: editSeconds,
        ...maskingIn(masking, params.roomId),
        ...body,
      });
      const outcome = await context.commands.apply(command);
      return outcome?.resource == null ? applying : answer(200, outcome.resource as Message);
    },
  });

  registerOperation(app, operations.deleteMessage, {
    ...context,
    handle: async ({ params: { roomId, messageId }, query }, caller) => {
      const isHard = query.hard === "true";
      if (isHard && caller.kind !== "server") {
        throw new AppError("forbidden", "Only a server deletes for good.");
      }
      const { deleteSeconds, ownersDelete } = await context.authority.settings(caller.tenantId);
      const command = {
        ...envelope(context, caller, roomId),
        type: "message.delete",
        messageId,
        withinSeconds: deleteSeconds,
        ownersMay: ownersDelete,
        ...(isHard ? { hard: true } : {}),
      } as const;
      const erase = () => context.commands.apply(command);
      const { mediaRemoval } = context;
      const place = { tenantId: caller.tenantId, roomId, messageId };
      const outcome =
        isHard && mediaRemoval !== null ? await mediaRemoval.withFilesOf([place], erase) : await erase();
      return outcome === null ? applying : answer(204, null);
    },
  });
}

/** People say who they are; only a server speaks for nobody, and only as the system. */
function assertSender(caller: TenantCaller, kind: CreateMessage["kind"]): void {
  if (kind === "system") {
    if (caller.kind !== "server") throw new AppError("forbidden", "Only a server sends system messages.");
  } else if (caller.userId === null) {
    throw new AppError("acting_user_required");
  }
}

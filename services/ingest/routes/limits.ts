import type { FastifyInstance } from "fastify";
import { publicBounds } from "#shared/docs/public-limits.ts";
import type { Admission } from "#shared/http/admission.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { mediaKinds } from "#shared/protocol/media-types.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { IngestRoutes } from "./context.ts";

export function registerLimits(app: FastifyInstance, context: IngestRoutes, admission: Admission): void {
  registerOperation(app, operations.getLimits, {
    ...context,
    handle: async (_call, { tenantId }) => {
      const settings = await context.authority.settings(tenantId);
      const { mediaBytesMax, mediaDayBytes, mediaTypes } = settings;
      return answer(200, {
        rates: admission.ratesOf(tenantId),
        quotas: { connections: admission.connectionsMax(tenantId) },
        messages: {
          bodyCodePoints: settings.messageBodyCodePoints,
          attachments: settings.messageAttachments,
          customBytes: settings.messageCustomBytes,
        },
        media: {
          fileBytes: mediaBytesMax,
          dayBytes: mediaDayBytes,
          types: mediaTypes ?? Object.keys(mediaKinds),
        },
        bounds: publicBounds,
      });
    },
  });
}

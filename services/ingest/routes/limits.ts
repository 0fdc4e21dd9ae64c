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
      const { mediaBytesMax, mediaDayBytes, mediaTypes } = await context.authority.settings(tenantId);
      return answer(200, {
        rates: admission.ratesOf(tenantId),
        quotas: { connections: admission.connectionsMax(tenantId) },
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

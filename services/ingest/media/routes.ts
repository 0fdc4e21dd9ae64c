import type { FastifyInstance, FastifyRequest } from "fastify";
import { AppError } from "#shared/errors/app-error.ts";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { MediaFiles } from "./media-files.ts";

export function registerMedia(app: FastifyInstance, context: RouteContext, files: MediaFiles): void {
  registerOperation(app, operations.createMedia, {
    ...context,
    handle: async ({ body }, caller, request) =>
      answer(201, await files.grant(caller, body, baseOf(request))),
  });

  registerOperation(app, operations.completeMedia, {
    ...context,
    handle: async ({ params }, caller, request) =>
      answer(200, await files.complete(caller, params.mediaId, baseOf(request))),
  });

  registerOperation(app, operations.getMedia, {
    ...context,
    handle: async ({ params, query }, caller, request) => {
      const media = await files.read(caller, params.mediaId, baseOf(request));
      if (query.redirect !== "true") return answer(200, media);
      if (media.url === null) throw new AppError("media_not_found");
      return { ...answer(302, null), headers: { location: media.url } };
    },
  });
}

/** The API's own URL, as whoever calls has it. */
function baseOf({ protocol, host }: FastifyRequest): string {
  if (!/^[\w.:[\]-]+$/.test(host)) throw new AppError("invalid_request", "The Host header is none.");
  return `${protocol}://${host}`;
}

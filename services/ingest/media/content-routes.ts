import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { answerPreflight } from "#shared/http/cors.ts";
import { attachmentHeader } from "#shared/media/content-disposition.ts";
import { mediaContentPath } from "#shared/media/content-path.ts";
import type { DiskStorage } from "#shared/media/disk-storage.ts";
import type { SignedTerms, TermsSigner } from "#shared/media/signed-terms.ts";
import { byteRange } from "./byte-range.ts";

export interface ContentDeps {
  readonly disk: DiskStorage;
  readonly signer: TermsSigner;
  readonly clock: Clock;
}

/**
 * Where the signed URLs of a disk lead. They are all that is asked for: a browser shows a picture without a token. Not
 * in the table of calls, as nobody makes such a URL but this product.
 */
export function registerMediaContent(app: FastifyInstance, deps: ContentDeps): void {
  const terms = <T extends SignedTerms["to"]>(request: FastifyRequest, to: T) => {
    const { grant } = request.query as { grant?: unknown };
    const signed = deps.signer.verify(grant, deps.clock.nowMs());
    if (signed.to !== to) throw new AppError("media_url_invalid");
    return signed as Extract<SignedTerms, { to: T }>;
  };

  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The bytes as they come: nothing of a file is held.
    scope.addContentTypeParser("*", (_request, bytes, done) => done(null, bytes));
    const config = { operationId: "mediaContent" };

    scope.route({
      method: "PUT",
      url: mediaContentPath,
      config,
      handler: async (request, reply) => {
        const { tenantId, mediaId, size, contentType } = terms(request, "put");
        assertPinned(request, { size, contentType });
        await deps.disk.receive({ tenantId, mediaId, size }, request.body as Readable);
        return reply.status(204).send();
      },
    });
    scope.route({
      method: "GET",
      url: mediaContentPath,
      config,
      handler: async (request, reply) => await send(deps.disk, terms(request, "get"), request, reply),
    });
    scope.route({
      method: "OPTIONS",
      url: mediaContentPath,
      config,
      handler: async (request, reply) => {
        answerPreflight(request, reply, ["GET", "HEAD", "PUT", "OPTIONS"]);
        return reply;
      },
    });
  });
}

/** What the URL was signed for, and nothing else. */
function assertPinned(
  request: FastifyRequest,
  { size, contentType }: { size: number; contentType: string },
): void {
  if (request.headers["content-length"] !== String(size)) {
    throw new AppError(
      "invalid_request",
      `The body must have ${size} bytes, and content-length must say so.`,
    );
  }
  if (rawHeader(request, "content-type") !== contentType) {
    throw new AppError("invalid_request", `The content-type must be ${contentType}, as the grant says.`);
  }
}

/** The server takes the type from all requests, as it reads JSON whatever it is called. */
function rawHeader({ raw: { rawHeaders } }: FastifyRequest, name: string): string | null {
  const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  return rawHeaders[at + 1] ?? null;
}

async function send(
  disk: DiskStorage,
  file: Extract<SignedTerms, { to: "get" }>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const size = await disk.size(file);
  // Removed since the URL was made.
  if (size === null) throw new AppError("media_not_found");
  const range = byteRange(request.headers.range, size);
  reply.headers({
    "content-type": file.contentType,
    "content-disposition": attachmentHeader(file.fileName, file.contentType),
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "accept-ranges": "bytes",
    // No longer than the URL is good.
    "cache-control": "private, max-age=300, immutable",
    "content-length": range.end - range.start + 1,
  });
  if (range.isPart) {
    reply.status(206).header("content-range", `bytes ${range.start}-${range.end}/${size}`);
  }
  return reply.send(disk.stream(file, range));
}

import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * Browsers of any origin may call: who they are is said by a bearer token, which no other page can send for them.
 * Cookies mean nothing here, so credentials are not allowed.
 */
const exposed = "x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset";

export function allowOrigin(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.origin === undefined) return;
  reply.header("access-control-allow-origin", "*").header("access-control-expose-headers", exposed);
}

export function isPreflight(request: FastifyRequest): boolean {
  return request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
}

export function answerPreflight(
  request: FastifyRequest,
  reply: FastifyReply,
  methods: readonly string[],
): void {
  reply
    .status(204)
    .header("access-control-allow-methods", methods.join(", "))
    .header("access-control-allow-headers", "authorization, content-type, x-request-id")
    .header("access-control-max-age", "86400")
    .header("vary", "access-control-request-method");
  allowOrigin(request, reply);
  reply.send();
}

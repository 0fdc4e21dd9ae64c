import type { FastifyRequest } from "fastify";
import { AppError } from "#shared/errors/app-error.ts";

/** Names of this machine, as a browser writes them in a URL. */
const localHost = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/;

/** What a proxy says of whom it asks for. */
const proxyHeader = /^(x-forwarded-.+|x-real-ip|forwarded|via)$/;

/** Whether a server that listens there is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === "::1" || localHost.test(host);
}

/**
 * Refuses what does not come from a page of this very server, opened under a name of this machine. A foreign page can
 * point its own name at 127.0.0.1 (DNS rebinding) or call from its own origin: the first is in `host`, the second in
 * `origin`. Who is not a browser sends no `origin`, and is on this machine. A proxy on this machine passes on whoever
 * asks it, under a local name: what it adds gives it away.
 *
 * @throws AppError forbidden
 */
export function assertLocal(request: FastifyRequest): void {
  const { host = "", origin } = request.headers;
  if (!localHost.test(host)) throw new AppError("forbidden", "The sandbox answers under local names only.");
  if (Object.keys(request.headers).some((name) => proxyHeader.test(name))) {
    throw new AppError("forbidden", "The sandbox does not answer through a proxy.");
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new AppError("forbidden", "The sandbox answers its own page only.");
  }
}

import type { IncomingMessage, ServerResponse } from "node:http";
import websocket from "@fastify/websocket";
import type { FastifyInstance } from "fastify";
import type { WebSocket } from "ws";
import { AppError } from "#shared/errors/app-error.ts";
import { closeCodes } from "#shared/errors/close-codes.ts";
import { limits } from "#shared/limits.ts";

/** The call that becomes a socket. */
export async function registerSocket(
  app: FastifyInstance,
  of: {
    /** Throws AppError where no socket may be taken now. */
    readonly assertOpen: () => void;
    readonly accept: (socket: WebSocket) => void;
  },
): Promise<void> {
  const responses = new WeakMap<IncomingMessage, ServerResponse>();
  await app.register(websocket, {
    options: { maxPayload: limits.frameBytesMax, perMessageDeflate: false, clientTracking: false },
    errorHandler: (err, socket, request) => {
      // Only what fails while the socket is taken comes here; later its own listener gets it.
      if (socket.readyState !== socket.OPEN) return;
      request.log.error({ err }, "a socket could not be taken");
      socket.close(closeCodes.internal.code, "internal");
    },
  });
  // Inside a plugin, so that the route is made after the one above has been loaded.
  await app.register(async (scope) => {
    scope.route({
      method: "GET",
      url: "/v1/connect",
      config: { operationId: "connect" },
      onRequest: async (request, reply) => {
        if (request.headers.upgrade?.toLowerCase() !== "websocket") throw new AppError("upgrade_required");
        of.assertOpen();
        responses.set(request.raw, reply.raw);
      },
      handler: async () => {
        throw new AppError("upgrade_required");
      },
      wsHandler: (socket, request) => {
        forgetRequest(socket, responses.get(request.raw));
        of.accept(socket);
      },
    });
  });
}

/**
 * Takes from a new socket what belonged to the request that it began as, a third of what an idle connection would
 * cost: the response that was made for it holds the connection and is held by it, and the plugin's error listener
 * holds the request and the reply. The socket has no error listener after this.
 */
function forgetRequest(socket: WebSocket, response: ServerResponse | undefined): void {
  if (response?.socket) response.detachSocket(response.socket);
  socket.removeAllListeners("error");
}

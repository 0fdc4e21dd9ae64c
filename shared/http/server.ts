import type { AddressInfo } from "node:net";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { mediaContentPath } from "#shared/media/content-path.ts";
import type { HttpObserver } from "#shared/metrics/http-metrics.ts";
import { urlHost } from "#shared/service/admin.ts";
import type { Service } from "#shared/service/lifecycle.ts";
import type { Logger } from "#shared/service/logger.ts";
import { allowOrigin, answerPreflight, isPreflight } from "./cors.ts";
import { answerClientError, answerError } from "./error-answer.ts";
import { clientErrorOf, httpErrorOf } from "./http-errors.ts";
import { InFlight } from "./in-flight.ts";
import { methodsOf, watchRoutes } from "./known-paths.ts";
import { boundReceiving } from "./receiving.ts";
import { requestIdOf } from "./request-id.ts";
import { asksForWebSocket } from "./upgrade.ts";

export interface HttpServer {
  /** Routes are added before `service.start`. */
  readonly app: FastifyInstance;
  /** Listens from `start` on; refuses with `draining` while it drains. */
  readonly service: Service;
  /** Known once it listens. */
  url(): string;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Names the operation in metrics. */
    operationId?: string;
  }
}

/** An HTTP server with every limit and timeout set, whose every failure has the one error shape. */
export function createHttpServer(options: {
  logger: Logger;
  observer: HttpObserver;
  host: string;
  port: number;
  /** Whose x-forwarded-for is believed. */
  trustProxy?: readonly string[] | null;
}): HttpServer {
  const { logger, observer, host, port } = options;
  let draining = false;
  const requests = new InFlight();

  const app: FastifyInstance = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    genReqId: requestIdOf,
    trustProxy: options.trustProxy == null ? false : [...options.trustProxy],
    bodyLimit: limits.requestBodyBytesMax,
    // Of an upload, which is the longest; each other call has its own bound below.
    requestTimeout: limits.mediaReceiveMsMax,
    keepAliveTimeout: limits.keepAliveMsMax,
    http: {
      headersTimeout: limits.requestHeadersWaitMsMax,
      maxHeaderSize: limits.requestHeaderBytesMax,
      // Where nobody listens for them, an upgrade would only lose its connection.
      shouldUpgradeCallback: (request) =>
        asksForWebSocket(request) && app.server.listenerCount("upgrade") > 0,
    },
    // Percent-encoding makes three characters of one. Longer ids are refused as bad ids, with 400.
    routerOptions: { maxParamLength: limits.idCharsMax * 3 },
    forceCloseConnections: "idle",
    // Ours below says it in the one error shape.
    return503OnClosing: false,
    // No hook has run for these.
    frameworkErrors: (error, request, reply) => {
      reply.headers(headersOfAll(request.id));
      const refusal = httpErrorOf(error);
      observer.answered("none", refusal.status, 0);
      answerError(request, reply, refusal);
    },
    clientErrorHandler: (error, socket) => {
      if ((error as { code?: string }).code === "ECONNRESET") return;
      answerClientError(socket, clientErrorOf(error));
    },
  });

  const ownRoutes = watchRoutes(app);

  // One parser reads every body, whatever its type is said to be: see routes.ts.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.addHook("onRequest", async (request, reply) => {
    // A WebSocket is not a request that ends: its service closes it.
    if (!asksForWebSocket(request.raw)) requests.add(reply.raw);
    reply.headers(headersOfAll(request.id));
    allowOrigin(request, reply);
    if (pathOf(request) !== mediaContentPath) boundReceiving(request.raw);
    // A type that cannot be parsed would be refused before the parser is asked.
    delete request.headers["content-type"];
    if (draining) {
      reply.header("connection", "close");
      throw new AppError("draining");
    }
    if (Buffer.byteLength(request.raw.url ?? "") > limits.requestUrlBytesMax) {
      throw new AppError("uri_too_long");
    }
    // No path has this method, and Fastify would first ask for the type that was just taken away.
    if (request.method === "QUERY") return answerNoRoute(request, reply);
    return undefined;
  });

  app.addHook("onResponse", async (request, reply) => {
    const operation = request.routeOptions.config?.operationId ?? "none";
    observer.answered(operation, reply.statusCode, reply.elapsedTime / 1_000);
    // A refused upgrade has left the server's care: nobody else ends its connection, and `close` would wait for it.
    if (asksForWebSocket(request.raw)) request.raw.socket.destroySoon();
  });

  app.setErrorHandler((error, request, reply) => answerError(request, reply, httpErrorOf(error)));

  const answerNoRoute = (request: FastifyRequest, reply: FastifyReply) => {
    const path = pathOf(request);
    const ofApi = methodsOf(path);
    const methods = ofApi.length > 0 ? ofApi : (ownRoutes.get(path) ?? []);
    const known = methods.length > 0 && !methods.includes(request.method);
    if (known) reply.header("allow", methods.join(", "));
    answerError(request, reply, new AppError(known ? "method_not_allowed" : "route_not_found"));
    return reply;
  };

  app.setNotFoundHandler((request, reply) => {
    const ofApi = methodsOf(pathOf(request));
    if (ofApi.length > 0 && isPreflight(request)) return answerPreflight(request, reply, ofApi);
    return answerNoRoute(request, reply);
  });

  const service: Service = {
    name: "http",
    start: async () => {
      await app.listen({ host, port });
    },
    drain: async () => {
      draining = true;
      await requests.ended();
    },
    stop: async () => {
      draining = true;
      app.server.closeAllConnections();
      await app.close();
    },
    ready: async () => {
      if (draining) throw new Error("The node is draining.");
      if (!app.server.listening) throw new Error("The API does not listen yet.");
    },
  };
  return {
    app,
    service,
    url: () => `http://${urlHost(host)}:${(app.server.address() as AddressInfo).port}`,
  };
}

function pathOf({ url }: FastifyRequest): string {
  return url.split("?")[0] ?? "";
}

function headersOfAll(requestId: string): Record<string, string> {
  return { "x-request-id": requestId, "x-content-type-options": "nosniff", "cache-control": "no-store" };
}

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Readable } from "node:stream";
import { createProxyServer } from "httpxy";
import { AppError } from "#shared/errors/app-error.ts";
import { answerClientError } from "#shared/http/error-answer.ts";
import { clientErrorOf } from "#shared/http/http-errors.ts";
import { asksForWebSocket } from "#shared/http/upgrade.ts";
import { limits } from "#shared/limits.ts";
import { urlHost } from "#shared/service/admin.ts";
import type { Balancer, Visit } from "./balancer.ts";
import { dropBelieved } from "./edge-headers.ts";
import { isInternal, isMediaContent, serviceFor } from "./edge-routes.ts";
import { ReachingAgent } from "./reaching-agent.ts";

export interface Edge {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * One URL for the whole API: what a load balancer does in production. Calls go to the nodes of the service that
 * answers them. One that cannot be reached is passed over; what has been sent to a node is never sent to another.
 */
export async function openEdge(options: { host: string; port: number; balancer: Balancer }): Promise<Edge> {
  const { host, port, balancer } = options;
  const agent = new ReachingAgent(balancer);
  const visits = new WeakMap<IncomingMessage, Visit>();
  const proxy = createProxyServer({
    agent,
    xfwd: true,
    proxyTimeout: limits.edgeAnswerMsMax,
    upgradeTimeout: limits.edgeAnswerMsMax,
  });
  // What fails is told here: with a listener, `web` and `ws` do not reject for it.
  proxy.on("error", (_error, _request, asker) => {
    if (asker instanceof ServerResponse) refuse(asker, "service_unavailable");
    else asker?.destroy();
  });
  const arrived = (request: IncomingMessage, socket: object | null) => {
    const other = socket === null ? undefined : agent.elsewhere(socket);
    if (other !== undefined) visits.get(request)?.moved(other);
  };
  proxy.on("proxyReq", (sent, request) => arrived(request, sent.socket));
  proxy.on("proxyReqWs", (sent, request) => sent.once("socket", (socket) => arrived(request, socket)));

  const forward = (request: IncomingMessage, response: ServerResponse, buffer?: Readable) => {
    const visit = balancer.visit(serviceFor(request.method ?? "GET", request.url ?? "/"), "requests");
    if (visit === null) return refuse(response, "service_unavailable");
    visits.set(request, visit);
    response.once("close", () => visit.over());
    const target = { target: visit.target.url, ...(buffer && { buffer }) };
    proxy.web(request, response, target).catch(() => response.destroy());
  };

  const settings = {
    maxHeaderSize: limits.requestHeaderBytesMax,
    // As the nodes do: Node's own five seconds would close many a connection just when its client uses it again.
    keepAliveTimeout: limits.keepAliveMsMax,
    shouldUpgradeCallback: asksForWebSocket,
  };
  const server = createServer(settings, (request, response) => {
    dropBelieved(request.headers);
    if (isInternal(request.url ?? "/")) return refuse(response, "route_not_found");
    // A node would hang up in the middle of it, and its answer might not get through: read to the end, then answered.
    // Its node takes as many bytes as it has signed for; in chunks, which do not say how many, it takes none.
    if (isMediaContent(request.url ?? "/")) return forward(request, response);
    if (Number(request.headers["content-length"] ?? 0) > limits.requestBodyBytesMax) {
      request.resume().once("end", () => refuse(response, "payload_too_large"));
      return;
    }
    if (request.headers["transfer-encoding"] === undefined) return forward(request, response);
    whole(request).then(
      (body) => {
        if (body === null) refuse(response, "payload_too_large");
        else forward(request, response, Readable.from([body]));
      },
      () => response.destroy(),
    );
  });
  const upgraded = new Set<Socket>();
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    upgraded.add(socket);
    socket.on("close", () => upgraded.delete(socket));
    socket.on("error", () => socket.destroy());
    dropBelieved(request.headers);
    if (isInternal(request.url ?? "/")) return answerClientError(socket, new AppError("route_not_found"));
    const visit = balancer.visit("gateway", "sockets");
    if (visit === null) return answerClientError(socket, new AppError("service_unavailable"));
    visits.set(request, visit);
    socket.once("close", () => visit.over());
    proxy.ws(request, socket, { target: visit.target.url }, head).catch(() => socket.destroy());
  });
  // No node is asked what is no request.
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code !== "ECONNRESET") answerClientError(socket, clientErrorOf(error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${urlHost(host)}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        // Those of peers that have not heard that their gateway has closed them.
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

/** A body sent in chunks, which says its length only by its end. Null, once it has all come, where it is too long for any call. */
async function whole(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= limits.requestBodyBytesMax) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes > limits.requestBodyBytesMax ? null : Buffer.concat(chunks);
}

/** Unless the node has begun to answer. Where none is up or it has gone, another try finds the one that takes its place. */
function refuse(
  response: ServerResponse,
  code: "service_unavailable" | "payload_too_large" | "route_not_found",
): void {
  if (response.headersSent) return;
  const error = new AppError(code);
  const body = JSON.stringify({ error: error.toBody(randomUUID()) });
  const again = error.retryable ? { "retry-after": "1" } : {};
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...again };
  response.writeHead(error.status, headers).end(body);
}

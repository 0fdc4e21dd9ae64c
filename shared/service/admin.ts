import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import { limits } from "#shared/limits.ts";
import { withDeadline } from "./deadline.ts";

export interface AdminServer {
  /** Known once `start` has resolved. */
  url(): string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The port for operators and orchestrators: `/metrics`, `/livez` (the process answers), `/readyz` (it can do its
 * work). It asks for no credential, so it listens on the loopback address unless told otherwise.
 */
export function createAdminServer(options: {
  registry: Registry;
  /** Rejects with the reason while the process should get no traffic. */
  ready: () => Promise<void>;
  port: number;
  host: string;
}): AdminServer {
  const { registry, ready, port, host } = options;
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD") return answer(response, 405, {});
    switch (path) {
      case "/livez":
        return answer(response, 200, { alive: true });
      case "/readyz":
        return void withDeadline(ready(), limits.readyCheckMsMax, "The check took too long.").then(
          () => answer(response, 200, { ready: true }),
          (error: unknown) => answer(response, 503, { ready: false, reason: reasonOf(error) }),
        );
      case "/metrics":
        return void registry.metrics().then(
          (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
          (error: unknown) => answer(response, 500, { reason: reasonOf(error) }),
        );
      default:
        return answer(response, 404, {});
    }
  });
  server.requestTimeout = limits.requestReceiveMsMax;
  server.headersTimeout = limits.requestHeadersWaitMsMax;

  return {
    url: () => {
      const address = server.address() as AddressInfo;
      return `http://${urlHost(host)}:${address.port}`;
    },
    start: () =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
          server.off("error", reject);
          resolve();
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A host to connect to, for the address that was listened on. */
export function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

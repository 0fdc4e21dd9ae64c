import { connect } from "node:net";
import websocket from "@fastify/websocket";
import { afterEach, expect, test } from "vitest";
import { silentLogger } from "#shared/service/logger.ts";
import { createHttpServer, type HttpServer } from "./server.ts";

let server: HttpServer;
afterEach(() => server.service.stop());

async function start(options: { withSockets: boolean }): Promise<void> {
  server = createHttpServer({
    logger: silentLogger,
    observer: { answered: () => {} },
    host: "127.0.0.1",
    port: 0,
  });
  if (options.withSockets) await server.app.register(websocket);
  server.app.post("/echo", async (request) => String(request.body));
  await server.app.register(async (scope) => {
    const handler = async () => "plain";
    const wsHandler = (socket: { close(): void }) => socket.close();
    scope.route({ method: "GET", url: "/socket", handler, ...(options.withSockets ? { wsHandler } : {}) });
  });
  await server.service.start();
}

/** All that the server says on one connection, each request written once the one before it is answered. */
async function exchange(...requests: string[][]): Promise<string> {
  const socket = connect(Number(new URL(server.url()).port), "127.0.0.1");
  // Fails the test soon where an answer is missing.
  socket.setTimeout(5_000, () => socket.destroy());
  const waiting = requests.map((lines) => lines.join("\r\n"));
  socket.write(waiting.shift() ?? "");
  let answers = "";
  for await (const chunk of socket) {
    answers += chunk;
    const next = waiting.shift();
    if (next === undefined) socket.end();
    else socket.write(next);
  }
  return answers;
}

const post = (connection: string, ...headers: string[]) => [
  "POST /echo HTTP/1.1",
  "host: node",
  `connection: ${connection}`,
  ...headers,
  "content-length: 5",
  "",
  "hello",
];
const offer = ["upgrade: h2c", "http2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA"];
const ask = [
  "GET /socket HTTP/1.1",
  "host: node",
  "connection: Upgrade",
  "upgrade: WebSocket",
  "sec-websocket-version: 13",
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
  "",
];

test.each([true, false])(
  "an offer of h2c is ignored, and the connection lives on (sockets: %s)",
  async (withSockets) => {
    await start({ withSockets });
    const answers = await exchange(post("Upgrade, HTTP2-Settings", ...offer), post("close"));
    expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(answers.match(/hello/g)).toHaveLength(2);
  },
);

test("a POST does not become a WebSocket", async () => {
  await start({ withSockets: true });
  expect(await exchange(post("Upgrade", "upgrade: websocket"), post("close"))).toMatch(/200 OK[\s\S]*200 OK/);
});

test("a WebSocket is still one where there are any, and a request where there are none", async () => {
  await start({ withSockets: true });
  expect(await exchange(ask)).toMatch(/^HTTP\/1\.1 101 /);
  await server.service.stop();
  await start({ withSockets: false });
  expect(await exchange(ask)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*plain$/);
});

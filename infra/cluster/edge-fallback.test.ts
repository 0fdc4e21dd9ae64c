import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Balancer, type Target } from "./balancer.ts";
import { type Edge, openEdge } from "./edge.ts";

const opened: (Server | TcpServer)[] = [];
let edge: Edge | null = null;
afterEach(async () => {
  await edge?.close();
  for (const server of opened.splice(0)) server.close();
});

async function listening(id: string, server: Server | TcpServer): Promise<Target> {
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { id, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A node that says its name and what it was sent. */
function node(id: string, seen: string[] = []): Promise<Target> {
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    seen.push(await text(request));
    response.end(`${id} ${seen.at(-1)}`);
  });
  new WebSocketServer({ server }).on("connection", (socket) => socket.send(id));
  return listening(id, server);
}

/** Where nobody listens any more. */
async function dead(id: string): Promise<Target> {
  const server = createTcpServer();
  const target = await listening(id, server);
  await new Promise((resolve) => server.close(resolve));
  return target;
}

async function edgeBefore(...targets: Target[]): Promise<{ url: string; balancer: Balancer }> {
  const balancer = new Balancer(() => targets);
  edge = await openEdge({ host: "127.0.0.1", port: 0, balancer });
  return { url: edge.url, balancer };
}

const post = (url: string, body: string) => fetch(`${url}/v1/rooms/a/messages`, { method: "POST", body });

test("a request whose node cannot be reached goes whole to the next", async () => {
  const { url, balancer } = await edgeBefore(await dead("a"), await dead("b"), await node("c"));
  const body = "x".repeat(100_000);
  for (let i = 0; i < 6; i++) {
    const answer = await post(url, body);
    expect([answer.status, await answer.text()]).toEqual([200, `c ${body}`]);
  }
  for (const id of ["a", "b", "c"]) await balancer.quiet(id, 60_000);
});

test("so does a socket, and it counts where it ended up", async () => {
  const { url, balancer } = await edgeBefore(await dead("a"), await node("b"));
  const sockets = Array.from({ length: 4 }, () => new WebSocket(`${url.replace("http", "ws")}/v1/connect`));
  const names = sockets.map(
    (one) => new Promise((resolve) => one.on("message", (data) => resolve(`${data}`))),
  );
  expect(await Promise.all(names)).toEqual(["b", "b", "b", "b"]);
  // The dead one has none, so it would be asked first.
  expect(balancer.visit("gateway", "sockets")?.target.id).toBe("a");
  for (const socket of sockets) socket.terminate();
});

test("what was sent to a node that dies over it is not sent to another: it may have been done", async () => {
  let taken = 0;
  const dying = await listening(
    "a",
    createTcpServer((socket) => {
      socket.once("data", () => {
        taken++;
        socket.destroy();
      });
    }),
  );
  const seen: string[] = [];
  const { url } = await edgeBefore(dying, await node("b", seen));
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await post(url, `${i}`)).status);
  expect(statuses.toSorted()).toEqual([200, 200, 503, 503]);
  expect([taken, seen.length]).toEqual([2, 2]);
});

test("where no node can be reached the answer is 503, to be tried again", async () => {
  const { url } = await edgeBefore(await dead("a"), await dead("b"));
  const answer = await post(url, "x");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
});

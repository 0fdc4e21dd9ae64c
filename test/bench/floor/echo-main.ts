import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { serveParent } from "../child.ts";

/**
 * The floor of every socket and request: a server that sends back each frame and answers each POST with its own body.
 * What the product adds to this is the product's.
 */
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    response.writeHead(201, { "content-type": "application/json" });
    response.end(Buffer.concat(parts));
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket) => {
  socket.on("message", (data, binary) => socket.send(data, { binary }));
  socket.on("error", () => {});
});

const methods = {
  listen: (_: null) =>
    new Promise<{ url: string }>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
      });
    }),
};

export type EchoMethods = typeof methods;

serveParent(methods);

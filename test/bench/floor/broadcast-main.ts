import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { serveParent } from "../child.ts";

/** The floor of a room: a server that sends every frame to all its sockets, as the documentation of `ws` shows it. */
const methods = {
  listen: (_: null) =>
    new Promise<{ url: string }>((resolve) => {
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
      server.on("connection", (socket) => {
        socket.on("message", (data, binary) => {
          for (const member of server.clients) member.send(data, { binary });
        });
        socket.on("error", () => {});
      });
      server.on("listening", () => {
        resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
      });
    }),
};

export type BroadcastMethods = typeof methods;

serveParent(methods);

import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { createClient, type SendsarClient, type SocketConstructor } from "./client.ts";
import { connectedFrame, message, room } from "./testing/scripted-server.ts";
import type { ClientFrame } from "./wire.ts";

/** The client on real sockets: the one that Node and browsers have, and that of `ws`. */
const implementations: readonly (readonly [string, SocketConstructor])[] = [
  ["the global WebSocket", globalThis.WebSocket],
  ["ws", WebSocket],
];

const open: { readonly server: WebSocketServer; readonly client: SendsarClient }[] = [];
afterEach(async () => {
  for (const { server, client } of open.splice(0)) {
    client.disconnect();
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Forgets to answer the first send and cuts the connection instead; answers like the server after that. */
async function forgetfulServer(): Promise<{ server: WebSocketServer; url: string; sends: ClientFrame[] }> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/v1/connect" });
  const sends: ClientFrame[] = [];
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data)) as ClientFrame;
      const say = (answer: object) => socket.send(JSON.stringify(answer));
      if (frame.type === "connect") {
        say(connectedFrame({ rooms: [room({ seq: sends.length })] }));
        if (frame.resume?.trip === 0 && sends.length > 0) say(message(1, { senderId: "driver" }));
      }
      if (frame.type !== "message.send") return;
      sends.push(frame);
      if (sends.length === 1) socket.terminate();
      else say({ type: "ok", ref: frame.ref, messageId: "msg_0000000000000000000001" });
    });
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sends };
}

test.each(implementations)("a send survives a cut connection over %s", async (_, webSocket) => {
  const { server, url, sends } = await forgetfulServer();
  const client = createClient({ url, webSocket, random: () => 0.01 });
  open.push({ server, client });
  const seqs: number[] = [];
  client.on("message.created", ({ seq }) => seqs.push(seq));
  await client.connect("token");
  const { messageId, clientId } = await client.send("trip", { body: "hello" });
  expect(messageId).toBe("msg_0000000000000000000001");
  expect(sends).toMatchObject([{ clientId }, { clientId }]);
  expect(seqs).toEqual([1]);
});

test.each(implementations)("a server that is not there is waited for over %s", async (_, webSocket) => {
  const { server, url } = await forgetfulServer();
  await new Promise((resolve) => server.close(resolve));
  const client = createClient({ url, webSocket });
  open.push({ server, client });
  const waiting = new Promise((resolve) => {
    client.on("state", ({ state }) => state.status === "waiting" && resolve(state));
  });
  void client.connect("token").catch(() => {});
  expect(await waiting).toMatchObject({ status: "waiting", attempt: 1, reason: { code: 1006 } });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Intent } from "#shared/protocol/intents.ts";
import { createHttpIntentSink, intentsPath } from "./http.ts";
import { IngestNodes } from "./ingest-nodes.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

type Handler = (intents: Intent[], response: ServerResponse, request: IncomingMessage) => void;

async function ingest(handle: Handler): Promise<string> {
  const server = createServer(async (request, response) => {
    handle(JSON.parse(await text(request)) as Intent[], response, request);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const accept: Handler = (intents, response) => {
  response.end(JSON.stringify(intents.map(() => ({ ok: true }))));
};
const refuse =
  (code: "draining" | "overloaded"): Handler =>
  (_intents, response) => {
    response.statusCode = 503;
    response.end(JSON.stringify({ error: new AppError(code).toBody("r") }));
  };
const send = (roomId: string, body = "hi"): Intent => ({
  tenantId: "acme",
  userId: "u",
  frame: { type: "message.send", roomId, clientId: "c", body },
  vouched: true,
});

test("intents go to ingest's endpoint with the key, and its answers come back in order", async () => {
  const seen: (string | undefined)[] = [];
  const url = await ingest((intents, response, { url: path, headers }) => {
    seen.push(path, headers["x-internal-key"] as string);
    const results = intents.map(({ frame }) => ({
      ok: false,
      code: "read_only",
      message: "roomId" in frame ? frame.roomId : "",
    }));
    response.end(JSON.stringify(results));
  });
  const sink = createHttpIntentSink({ nodes: new IngestNodes([url]), internalKey: "hush" });
  const rooms = Array.from({ length: 30 }, (_, i) => `room_${i}`);
  const results = await sink.submit(rooms.map((roomId) => send(roomId)));
  expect(results.map((result) => (result.ok ? "" : result.message))).toEqual(rooms);
  expect(new Set(seen)).toEqual(new Set([intentsPath, "hush"]));
});

test("a node that is draining, or gone, is passed over", async () => {
  const gone = await ingest(accept);
  servers.splice(0).forEach((server) => {
    server.close();
  });
  const urls = [await ingest(refuse("draining")), gone, await ingest(accept)];
  const sink = createHttpIntentSink({ nodes: new IngestNodes(urls), internalKey: "hush" });
  for (let i = 0; i < 5; i++) expect(await sink.submit([send(`room_${i}`)])).toEqual([{ ok: true }]);
});

test("a connection that breaks under a call makes it a repeat, which is harmless", async () => {
  let calls = 0;
  const url = await ingest((intents, response, request) => {
    if (++calls === 1) response.socket?.destroy();
    else accept(intents, response, request);
  });
  const sink = createHttpIntentSink({ nodes: new IngestNodes([url]), internalKey: "hush" });
  expect(await sink.submit([send("r")])).toEqual([{ ok: true }]);
  expect(calls).toBe(2);
});

test("a node that takes calls and says nothing holds up no call but the first, and that for one try", async () => {
  let silent = 0;
  const nodes = new IngestNodes([await ingest(() => void silent++), await ingest(accept)]);
  const sink = createHttpIntentSink({ nodes, internalKey: "hush" });
  const start = performance.now();
  for (let i = 0; i < 5; i++) expect(await sink.submit([send(`room_${i}`)])).toEqual([{ ok: true }]);
  expect(silent).toBe(1);
  expect(performance.now() - start).toBeLessThan(1.5 * limits.intentTryMsMax);
});

test("a refusal of the whole call is each intent's answer, and is not repeated", async () => {
  let calls = 0;
  const url = await ingest((intents, response, request) => {
    calls++;
    refuse("overloaded")(intents, response, request);
  });
  const sink = createHttpIntentSink({ nodes: new IngestNodes([url]), internalKey: "hush" });
  expect(await sink.submit([send("r")])).toMatchObject([{ ok: false, code: "overloaded" }]);
  expect(calls).toBe(1);
});

test("large messages go in as many calls as ingest's limit needs", async () => {
  const sizes: number[] = [];
  const url = await ingest((intents, response, request) => {
    sizes.push(Number(request.headers["content-length"]));
    accept(intents, response, request);
  });
  const sink = createHttpIntentSink({ nodes: new IngestNodes([url]), internalKey: "hush" });
  const body = "é".repeat(100_000);
  const results = await sink.submit(Array.from({ length: 50 }, () => send("r", body)));
  expect(results).toHaveLength(50);
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.commandBatchBytesMax);
});

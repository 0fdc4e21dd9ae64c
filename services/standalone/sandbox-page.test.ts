import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Fastify, { type FastifyInstance } from "fastify";
import { Webhook } from "standardwebhooks";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { answerError } from "#shared/http/error-answer.ts";
import { httpErrorOf } from "#shared/http/http-errors.ts";
import { isLoopback } from "./local-only.ts";
import { registerSandboxPage } from "./sandbox-page.ts";
import { SandboxReceiver } from "./sandbox-receiver.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;

function sandbox(): { app: FastifyInstance; minted: string[]; receiver: SandboxReceiver } {
  const app = Fastify();
  const minted: string[] = [];
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => answerError(request, reply, httpErrorOf(error)));
  const receiver = new SandboxReceiver(systemClock);
  const deps = {
    mintToken: async (userId: string, displayName: string) => {
      minted.push(`${userId} ${displayName}`);
      return `token of ${userId}`;
    },
    ensureRoom: async () => ({ roomId: "trip" }),
    openEndpoint: async () => ({ endpointId: "whe_1", secret }),
  };
  registerSandboxPage(app, deps, receiver, { media: [], livekit: [] });
  cleanups.push(() => app.close());
  return { app, minted, receiver };
}

const local = { host: "127.0.0.1:8080" };
const get = (app: FastifyInstance, url: string, headers: Record<string, string> = local) =>
  app.inject({ method: "GET", url, headers });
const askToken = (app: FastifyInstance, body: unknown, headers: Record<string, string> = local) =>
  app.inject({ method: "POST", url: "/sandbox/token", headers, payload: JSON.stringify(body) });

test("the page may send and get pictures where media is, call where LiveKit is, and goes nowhere else", async () => {
  const policyWith = async (media: readonly string[], livekit: readonly string[] = []) => {
    const app = Fastify();
    cleanups.push(() => app.close());
    const never = () => Promise.reject(new Error("not asked"));
    const deps = { mintToken: never, ensureRoom: never, openEndpoint: never };
    registerSandboxPage(app, deps, new SandboxReceiver(systemClock), { media, livekit });
    return String((await get(app, "/")).headers["content-security-policy"]).split("; ");
  };
  expect(await policyWith([])).toEqual(
    expect.arrayContaining(["img-src 'self'", "connect-src 'self' ws: wss:"]),
  );
  const bucket = "https://s3.example";
  expect(await policyWith([bucket])).toEqual(
    expect.arrayContaining([`img-src 'self' ${bucket}`, `connect-src 'self' ws: wss: ${bucket}`]),
  );
  expect(await policyWith([bucket], ["wss://livekit.example", "ws://127.0.0.1:7880"])).toEqual(
    expect.arrayContaining([
      `img-src 'self' ${bucket}`,
      `connect-src 'self' ws: wss: ${bucket} https://livekit.example http://127.0.0.1:7880`,
    ]),
  );
});

test("everything that the page names is served, as what it is, under a policy without foreign code", async () => {
  const { app } = sandbox();
  const types: Record<string, string> = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" };
  const seen = new Set<string>();
  const waiting = ["/"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const answer = await get(app, path);
    expect(answer.statusCode, path).toBe(200);
    expect(answer.headers["content-type"]).toContain(types[path.split(".")[1] ?? ""] ?? "text/html");
    expect(answer.headers["content-security-policy"]).toContain("default-src 'self';");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    for (const [, , link = ""] of answer.body.matchAll(/(src=|href=|from |import )"([./][^"]+)"/g)) {
      const { pathname } = new URL(link, `http://page${path}`);
      if (seen.has(pathname) || ["/docs", "/openapi.json"].includes(pathname)) continue;
      seen.add(pathname);
      waiting.push(pathname);
    }
  }
  expect(seen).toContain("/sdk/outbox.js");
  expect(seen).toContain("/page/pane.js");
  // Got when somebody calls, and whole.
  expect((await get(app, "/page/call-media.js")).body).toContain('import("/page/livekit-client.js")');
  const livekit = await get(app, "/page/livekit-client.js");
  expect(livekit.headers["content-type"]).toContain("text/javascript");
  expect(livekit.body).not.toMatch(/^import .*from |^export .*from /m);
});

test("the page has no inline code, which its policy would refuse", async () => {
  const { body } = await get(sandbox().app, "/");
  expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
});

test("browsers get the client without types, and it runs", async () => {
  const { app } = sandbox();
  const folder = await mkdtemp(join(tmpdir(), "sendsar-sdk-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  const waiting = ["client.js"];
  const seen = new Set(waiting);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const { body } = await get(app, `/sdk/${name}`);
    await writeFile(join(folder, name), body);
    for (const [, next = ""] of body.matchAll(/"\.\/([\w-]+\.js)"/g)) {
      if (!seen.has(next)) waiting.push(next);
      seen.add(next);
    }
  }
  const { createClient } = await import(pathToFileURL(join(folder, "client.js")).href);
  expect(createClient({ url: "http://127.0.0.1:8080" }).state).toEqual({ status: "idle" });
});

test("nothing but the listed files is served", async () => {
  const { app } = sandbox();
  for (const path of [
    "/page/",
    "/page/main.ts",
    "/page/../main.ts",
    "/page/..%2fsandbox.ts",
    "/page/%2e%2e/sandbox.ts",
    "/sdk/client.ts",
    "/sdk/client.test.js",
    "/sdk/outbox.test.js",
    "/sdk/testing/harness.js",
    "/sdk/../package.json",
  ]) {
    expect((await get(app, path)).statusCode, path).toBe(404);
  }
});

test("the page's users get tokens and the room, and nobody else does", async () => {
  const { app, minted } = sandbox();
  const answer = await askToken(app, { userId: "rider" });
  expect(answer.json()).toEqual({
    token: "token of rider",
    userId: "rider",
    displayName: "Rosa",
    roomId: "trip",
    calls: false,
  });
  for (const body of [{ userId: "operator" }, { userId: "rider", ttlSeconds: 9 }, {}, null]) {
    expect((await askToken(app, body)).json()).toMatchObject({ error: { code: "invalid_request" } });
  }
  expect(minted).toEqual(["rider Rosa"]);
});

test("a foreign page gets no token: not from its own origin, and not under a name it pointed here", async () => {
  const { app, minted } = sandbox();
  const foreign: Record<string, string>[] = [
    { host: "127.0.0.1:8080", origin: "https://evil.example" },
    { host: "127.0.0.1:8080", origin: "http://127.0.0.1:9999" },
    { host: "127.0.0.1:8080", origin: "null" },
    { host: "evil.example:8080" },
    { host: "evil.example:8080", origin: "http://evil.example:8080" },
    { host: "127.0.0.1.evil.example", origin: "http://127.0.0.1.evil.example" },
    { host: "localhost.evil.example:8080" },
    { host: "192.168.1.5:8080", origin: "http://192.168.1.5:8080" },
  ];
  for (const headers of foreign) {
    const answer = await askToken(app, { userId: "rider" }, headers);
    expect(answer.statusCode, JSON.stringify(headers)).toBe(403);
    expect(answer.json()).toMatchObject({ error: { code: "forbidden" } });
  }
  expect((await get(app, "/", { host: "evil.example:8080" })).statusCode).toBe(403);
  expect(minted).toEqual([]);
});

test("nobody gets the page or a token through a proxy on this machine", async () => {
  const { app, minted } = sandbox();
  const added: Record<string, string>[] = [
    { "x-forwarded-for": "203.0.113.7" },
    { "x-forwarded-host": "127.0.0.1:8080" },
    { "x-forwarded-proto": "https" },
    { "x-forwarded-server": "" },
    { "x-real-ip": "203.0.113.7" },
    { forwarded: "for=203.0.113.7" },
    { via: "1.1 proxy" },
  ];
  for (const headers of added) {
    const what = JSON.stringify(headers);
    expect((await get(app, "/", { ...local, ...headers })).statusCode, what).toBe(403);
    expect((await askToken(app, { userId: "rider" }, { ...local, ...headers })).statusCode, what).toBe(403);
  }
  expect(minted).toEqual([]);
});

test("the page's receiver checks signatures, fails when it is told to, and shows what came to its own page only", async () => {
  const { app, receiver } = sandbox();
  const deliver = async (by: string) => {
    const body = '{"type":"room.closed"}';
    const at = new Date();
    const headers = {
      "webhook-id": "evt_1",
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": new Webhook(by).sign("evt_1", at, body),
      "webhook-attempt": "1",
    };
    return (await receiver.post({ headers, body })).status;
  };
  const set = (payload: object, headers = local) =>
    app.inject({ method: "POST", url: "/sandbox/receiver", headers, payload: JSON.stringify(payload) });
  expect(await deliver(secret)).toBe(400);
  expect((await set({})).json()).toEqual({ endpointId: "whe_1", failing: false });
  expect(await deliver(secret)).toBe(204);
  expect(await deliver(`whsec_${Buffer.alloc(32, 2).toString("base64")}`)).toBe(400);
  expect((await set({ failing: true })).json()).toMatchObject({ failing: true });
  expect(await deliver(secret)).toBe(500);
  const { items } = (await get(app, "/sandbox/receiver")).json() as { items: object[] };
  expect(items).toMatchObject([
    { n: 1, signature: "no_secret", status: 400, event: null },
    { n: 2, signature: "verified", status: 204, event: { type: "room.closed" } },
    { n: 3, signature: "no_matching_signature", status: 400, event: null },
    { n: 4, signature: "verified", status: 500 },
  ]);
  const foreign = { host: "evil.example:8080" };
  expect((await get(app, "/sandbox/receiver", foreign)).statusCode).toBe(403);
  expect((await set({ failing: false }, foreign)).statusCode).toBe(403);
});

test("the page itself may ask, under each local name", async () => {
  const { app } = sandbox();
  for (const host of ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "localhost"]) {
    const answer = await askToken(app, { userId: "driver" }, { host, origin: `http://${host}` });
    expect(answer.statusCode, host).toBe(200);
  }
});

test("loopback is told from addresses that others reach", () => {
  for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
    expect(isLoopback(host), host).toBe(true);
  for (const host of ["0.0.0.0", "::", "192.168.1.5", "example.com", ""])
    expect(isLoopback(host), host).toBe(false);
});

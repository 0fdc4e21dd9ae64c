import { connect } from "node:net";
import { Writable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Authenticate, Caller } from "#shared/auth/caller.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { ErrorBody } from "#shared/protocol/error-body.ts";
import { operations } from "#shared/protocol/operations.ts";
import { createLogger } from "#shared/service/logger.ts";
import { answer, registerOperation } from "./routes.ts";
import { createHttpServer, type HttpServer } from "./server.ts";

const observed: [string, number][] = [];
const logged: string[] = [];
let server: HttpServer;
let caller: Caller = { kind: "server", tenantId: "acme", userId: null, keyId: "k" };
let fault: unknown = null;

beforeAll(async () => {
  const authenticate: Authenticate = async ({ headers }) => {
    if (headers["x-api-key"] !== "good") throw new AppError("unauthenticated");
    return caller;
  };
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString());
      done();
    },
  });
  server = createHttpServer({
    logger: createLogger({ service: "test", nodeId: "n", level: "info", destination }),
    observer: { answered: (operation, status) => observed.push([operation, status]) },
    host: "127.0.0.1",
    port: 0,
  });
  registerOperation(server.app, operations.createMessage, {
    authenticate,
    handle: async ({ params }) => {
      if (fault !== null) throw fault;
      return answer(202, { messageId: `msg_${"a".repeat(22)}`, clientId: params.roomId });
    },
  });
  registerOperation(server.app, operations.listMessages, {
    authenticate,
    handle: async ({ query }) => answer(200, { items: [], next: JSON.stringify(query) }),
  });
  registerOperation(server.app, operations.putMember, {
    authenticate,
    handle: async () => answer(202, { accepted: true as const }),
  });
  registerOperation(server.app, operations.deleteRoom, {
    authenticate,
    handle: async () => answer(204, null),
  });
  registerOperation(server.app, operations.listRooms, {
    authenticate,
    handle: async () => answer(200, { items: [], next: null }),
  });
  server.app.get("/docs", async () => "{}");
  await server.service.start();
});
afterAll(() => server.service.stop());

const room = "/v1/rooms/order_1/messages";
async function call(path: string, init: RequestInit = {}) {
  const headers = { "x-api-key": "good", ...init.headers };
  const response = await fetch(server.url() + path, { ...init, headers });
  const text = await response.text();
  const body = (text === "" ? null : JSON.parse(text)) as { error?: ErrorBody } & Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
}
const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  call(room, { method: "POST", body, headers });

/** Every refusal has this form, whatever refused. */
function expectError(result: Awaited<ReturnType<typeof call>>, status: number, code: string): ErrorBody {
  expect(result.status, JSON.stringify(result.body)).toBe(status);
  expect(Object.keys(result.body ?? {})).toEqual(["error"]);
  const { error } = result.body as { error: ErrorBody };
  expect(error).toMatchObject({ code, message: expect.any(String), retryable: expect.any(Boolean) });
  expect(error.requestId).toBe(result.headers.get("x-request-id"));
  expect(result.headers.get("content-type")).toMatch(/^application\/json/);
  expect(JSON.stringify(error)).not.toMatch(/node_modules|\.ts:|at .*\(/);
  return error;
}

test.each([
  undefined,
  "text/plain",
  "application/json",
  "nonsense",
  "multipart/form-data",
  "application/xml; x=y",
])("a body of type %s is read as JSON", async (type) => {
  const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
  const body = type === undefined ? Buffer.from('{"body":"hi"}') : '{"body":"hi"}';
  expect((await post(body, headers)).status).toBe(202);
});

test("no credential or a wrong one is 401, before the body is looked at", async () => {
  for (const key of ["", "bad"]) {
    const result = await post("{", { "x-api-key": key });
    expectError(result, 401, "unauthenticated");
    expect(result.headers.get("www-authenticate")).toBe("Bearer");
  }
});

test.each<[string, BodyInit]>([
  ["cut off", '{"body":'],
  ["a word", "hello"],
  ["followed by more", "{} {}"],
  ["single quotes", "{'body':'a'}"],
  ["not UTF-8", new Uint8Array([0x7b, 0x22, 0x62, 0xff, 0x22, 0x7d])],
  ["half a surrogate pair", '{"body":"\\ud800"}'],
  ["50,000 nested arrays", "[".repeat(50_000) + "]".repeat(50_000)],
  ["50,000 nested arrays in custom", `{"custom":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`],
  ["50,000 open arrays", "[".repeat(50_000)],
])("a body that is %s is 400 invalid_json", async (_what, body) => {
  expectError(await post(body), 400, "invalid_json");
});

test.each([
  ['{"boddy":"hi"}', "/boddy"],
  ['{"mentions":["a b"]}', "/mentions/0"],
  ['{"kind":"loud"}', "/kind"],
  ['{"clientId":""}', "/clientId"],
  ['{"replyToId":"msg_short"}', "/replyToId"],
  ['{"attachments":[{"type":"image","url":"javascript:x"}]}', "/attachments/0/url"],
  ["[]", "/"],
  ["null", "/"],
  ['"text"', "/"],
])("the body %s is refused, naming %s", async (body, path) => {
  const { details } = expectError(await post(body), 400, "invalid_request");
  expect(details?.map((detail) => detail.path)).toContain(path);
});

test("no body is the same as an empty object", async () => {
  expect((await call(room, { method: "POST" })).status).toBe(202);
  expect((await call("/v1/rooms/a/members/b", { method: "PUT" })).status).toBe(202);
});

test("a call without a body ignores one", async () => {
  const result = await call("/v1/rooms/a", { method: "DELETE", body: "not json" });
  expect(result).toMatchObject({ status: 204, body: null });
});

test("a body that is too large is 413, said to be so or found to be so", async () => {
  const large = JSON.stringify({ body: "x".repeat(limits.requestBodyBytesMax) });
  expectError(await post(large), 413, "payload_too_large");
  const chunks = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(large));
      controller.close();
    },
  });
  const streamed = await post(chunks as unknown as BodyInit, {}).catch(() => null);
  if (streamed !== null) expectError(streamed, 413, "payload_too_large");
});

test.each(["a%20b", "a%2Fb", "%00", "%F0%9F%92%A9", "a".repeat(129), "a".repeat(5_000), "%7C".repeat(129)])(
  "the room id %.20s is 400",
  async (id) => {
    expectError(await call(`/v1/rooms/${id}/messages`), 400, "invalid_request");
  },
);

test("the longest id may be encoded whole", async () => {
  expect((await call(`/v1/rooms/${"%7C".repeat(limits.idCharsMax)}/messages`)).status).toBe(200);
});

test.each(["%", "%zz", "%E0%A4%A", "%ff"])("the path with %s is 400", async (id) => {
  expectError(await call(`/v1/rooms/${id}/messages`), 400, "invalid_request");
});

test.each([
  ["limit=0", "/query/limit"],
  ["limit=101", "/query/limit"],
  ["limit=ten", "/query/limit"],
  ["limit=", "/query/limit"],
  ["limit=1e1", "/query/limit"],
  ["limit=1.5", "/query/limit"],
  ["limit=9007199254740993", "/query/limit"],
  ["limit=5&limit=6", "/query/limit"],
  ["before=-1", "/query/before"],
  ["colour=red", "/query/colour"],
  ["__proto__=1", "/query/__proto__"],
])("the query %s is refused, naming %s", async (query, path) => {
  const { details } = expectError(await call(`${room}?${query}`), 400, "invalid_request");
  expect(details?.map((detail) => detail.path)).toContain(path);
});

test("numbers in a query are numbers to the handler", async () => {
  const { body } = await call(`${room}?limit=5&before=10`);
  expect(JSON.parse(body.next as string)).toEqual({ limit: 5, before: 10 });
});

test("a path that is not there is 404; one that is, with another method, is 405 with those it has", async () => {
  expectError(await call("/v1/nothing"), 404, "route_not_found");
  expectError(await call("/v1/rooms/a/"), 404, "route_not_found");
  const result = await call(room, { method: "PUT", body: "{}" });
  expectError(result, 405, "method_not_allowed");
  expect(result.headers.get("allow")?.split(", ")).toEqual(expect.arrayContaining(["GET", "POST"]));
  // Known to the product, though another service answers it.
  expectError(await call("/v1/auth/token"), 405, "method_not_allowed");
  expectError(await call("/v1/auth/token", { method: "QUERY" }), 405, "method_not_allowed");
  expectError(await call("/nowhere", { method: "QUERY", body: "{}" }), 404, "route_not_found");
});

test("what is no operation of the API has its methods, too, and is for this origin alone", async () => {
  const result = await call("/docs?a=b", { method: "POST", body: "{}" });
  expectError(result, 405, "method_not_allowed");
  expect(result.headers.get("allow")).toBe("GET, HEAD");
  const preflight = { method: "OPTIONS", headers: { "access-control-request-method": "GET" } };
  expect((await call("/docs", preflight)).headers.has("access-control-allow-methods")).toBe(false);
});

test("a URL that is too long is 414, headers that are too large are 431", async () => {
  expectError(await call(`${room}?cursor=${"a".repeat(limits.requestUrlBytesMax)}`), 414, "uri_too_long");
  const result = await call(room, { headers: { "x-large": "a".repeat(limits.requestHeaderBytesMax) } });
  expectError(result, 431, "headers_too_large");
});

test("what is not HTTP is answered in the same form, and the connection ends", async () => {
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(server.url()).port), "127.0.0.1", () =>
      socket.write("HELLO\r\n\r\n"),
    );
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk.toString();
    });
    socket.on("end", () => resolve(received));
    socket.on("error", reject);
  });
  expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(JSON.parse(text.split("\r\n\r\n")[1] ?? "")).toMatchObject({ error: { code: "invalid_request" } });
});

test("a fault is 500 without its text, which is in the log with the request's id", async () => {
  fault = new Error("password=hunter2 at /srv/app.ts:1");
  try {
    const error = expectError(await post('{"body":"a"}'), 500, "internal");
    expect(JSON.stringify(error)).not.toContain("hunter2");
    expect(error.retryable).toBe(true);
    expect(logged.some((line) => line.includes("hunter2") && line.includes(error.requestId))).toBe(true);
  } finally {
    fault = null;
  }
});

test("429 and 503 say when to come back, and 429 what the limit is", async () => {
  const quota = { limit: 50, remaining: 0, resetMs: 2_100 };
  fault = new AppError("rate_limited", undefined, { retryAfterMs: 2_100, quota });
  const limited = await post('{"body":"a"}');
  expectError(limited, 429, "rate_limited");
  expect(Object.fromEntries(limited.headers)).toMatchObject({
    "retry-after": "3",
    "ratelimit-limit": "50",
    "ratelimit-remaining": "0",
    "ratelimit-reset": "3",
  });
  fault = new AppError("overloaded");
  const overloaded = await post('{"body":"a"}');
  fault = null;
  expectError(overloaded, 503, "overloaded");
  expect(overloaded.headers.get("retry-after")).toBe("1");
});

test("a sane request id is kept, another is replaced", async () => {
  const kept = await call(room, { headers: { "x-request-id": "abc-123.DEF_4" } });
  expect(kept.headers.get("x-request-id")).toBe("abc-123.DEF_4");
  for (const id of ["short", "with blank inside", "a".repeat(65), "<script>alert(1)</script>"]) {
    const result = await call(room, { headers: { "x-request-id": id } });
    expect(result.headers.get("x-request-id")).toMatch(/^req_[\w-]{16}$/);
  }
});

test("a browser of any origin may call, and no answer is kept or guessed at", async () => {
  const preflight = await call(room, {
    method: "OPTIONS",
    headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
  expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
  expect(preflight.headers.has("access-control-allow-credentials")).toBe(false);

  for (const key of ["good", "bad"]) {
    const { headers } = await call(room, { headers: { origin: "https://shop.example", "x-api-key": key } });
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-expose-headers")).toContain("x-request-id");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
  }
});

test("a caller of the wrong kind is told so", async () => {
  caller = { kind: "client", tenantId: "acme", userId: "u" };
  expectError(await call("/v1/rooms/a", { method: "DELETE" }), 403, "forbidden");
  caller = { kind: "server", tenantId: "acme", userId: null, keyId: "k" };
  expectError(await call("/v1/rooms"), 400, "acting_user_required");
});

test("answers are observed by operation and status", async () => {
  observed.length = 0;
  await call(room);
  await call("/v1/nothing");
  await expect
    .poll(() => observed)
    .toEqual([
      ["listMessages", 200],
      ["none", 404],
    ]);
});

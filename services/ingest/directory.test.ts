import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { adminKey, startTestNode, type TestNode } from "./testing/node.ts";

let node: TestNode;
let server: { "x-api-key": string };
const operator = { "x-admin-key": adminKey };

beforeAll(async () => {
  node = await startTestNode();
  server = await node.server("acme");
});
afterAll(() => node.stop());
beforeEach(() => {
  node.fanout.commands.length = 0;
});

test("the customer's code of the product page works byte for byte", async () => {
  const response = await fetch(`${node.url}/v1/auth/token`, {
    method: "POST",
    headers: server,
    body: JSON.stringify({ userId: "user_42", displayName: "Ada" }),
  }).then((r) => r.json());
  expect(response).toEqual({
    token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    userId: "user_42",
    tenantId: "acme",
    expiresAt: expect.any(String),
  });
  expect(await node.store.getUser("acme", "user_42")).toMatchObject({ displayName: "Ada" });
  const lifetimeMs = Date.parse(response.expiresAt) - Date.now();
  expect(Math.abs(lifetimeMs - limits.tokenTtlSecondsDefault * 1_000)).toBeLessThan(5_000);
});

test("a token's call keeps what it does not name of a profile, and leaves an unchanged one alone", async () => {
  const ask = (body: object) => node.call("POST", "/v1/auth/token", server, { userId: "profiled", ...body });
  await ask({ displayName: "Ada", custom: { plan: "pro" } });
  const first = await node.store.getUser("acme", "profiled");
  await ask({});
  await ask({ displayName: "Ada", custom: { plan: "pro" } });
  expect(await node.store.getUser("acme", "profiled")).toEqual(first);
  await ask({ avatarUrl: "https://x.example/a.png" });
  expect(await node.store.getUser("acme", "profiled")).toMatchObject({
    displayName: "Ada",
    avatarUrl: "https://x.example/a.png",
    custom: { plan: "pro" },
  });
});

test.each([
  [{}, "/userId"],
  [{ userId: "a b" }, "/userId"],
  [{ userId: "u", ttlSeconds: 1 }, "/ttlSeconds"],
  [{ userId: "u", ttlSeconds: limits.tokenTtlSecondsMax + 1 }, "/ttlSeconds"],
  [{ userId: "u", name: "Ada" }, "/name"],
  [{ userId: "u", custom: { a: "x".repeat(limits.customBytesMax) } }, "/custom"],
])("the token request %j is refused, naming %s", async (body, path) => {
  const answer = await node.call("POST", "/v1/auth/token", server, body);
  expect(answer.status).toBe(400);
  const paths = answer.body.error.details.map((detail: { path: string }) => detail.path);
  expect(paths.some((one: string) => one === path || one === "/")).toBe(true);
});

test("a client cannot get tokens, nor anybody without a key", async () => {
  const client = await node.client(server, "user_42");
  expect((await node.call("POST", "/v1/auth/token", client, { userId: "boss" })).status).toBe(403);
  expect((await node.call("POST", "/v1/auth/token", {}, { userId: "boss" })).status).toBe(401);
});

test("a profile is set by the customer's server", async () => {
  const answer = await node.call("PUT", "/v1/users/put", server, { displayName: "Eve" });
  expect(answer).toMatchObject({ status: 200, body: { userId: "put", displayName: "Eve", avatarUrl: null } });
  expect(await node.store.getUser("brand", "put")).toBeNull();
});

test("a revocation voids the tokens of before, not those of after, and tells the gateways", async () => {
  const before = await node.client(server, "lost");
  const other = await node.client(server, "kept");
  const { status, body } = await node.call("POST", "/v1/users/lost/revoke", server);
  expect(status).toBe(200);
  const after = await node.client(server, "lost");
  const probe = (headers: Record<string, string>) =>
    node.call("POST", "/v1/rooms/nowhere/read", headers, { number: 1 });
  expect((await probe(before)).body.error.code).toBe("token_revoked");
  expect((await probe(after)).body.error.code).toBe("room_not_found");
  expect((await probe(other)).body.error.code).toBe("room_not_found");
  await expect
    .poll(() => node.fanout.commands)
    .toEqual([{ v: 1, type: "user.revoked", tenantId: "acme", userId: "lost", at: body.revokedBefore }]);
});

test("the operator makes tenants and keys; a key is shown once and dies when it is revoked", async () => {
  const tenant = "/admin/v1/tenants/new";
  expect(await node.call("PUT", tenant, operator)).toMatchObject({ status: 201, body: { name: null } });
  expect(await node.call("PUT", tenant, operator, { name: "New" })).toMatchObject({
    status: 200,
    body: { name: "New" },
  });
  expect(await node.call("PUT", tenant, operator, {})).toMatchObject({ body: { name: "New" } });

  const made = await node.call("POST", `${tenant}/keys`, operator, { description: "shop" });
  expect(made).toMatchObject({
    status: 201,
    body: { apiKey: expect.stringMatching(/^sk_/), description: "shop" },
  });
  const { apiKey, keyId } = made.body;
  const listed = await node.call("GET", `${tenant}/keys`, operator);
  expect(listed.body).toMatchObject({ items: [{ keyId, revokedAt: null }], next: null });
  expect(JSON.stringify(listed.body)).not.toContain(apiKey);
  expect(JSON.stringify(listed.body)).not.toContain("secretHash");

  const use = () => node.call("POST", "/v1/auth/token", { "x-api-key": apiKey }, { userId: "u" });
  expect(await use()).toMatchObject({ status: 200, body: { tenantId: "new" } });
  expect((await node.call("DELETE", `/admin/v1/tenants/acme/keys/${keyId}`, operator)).body.error.code).toBe(
    "key_not_found",
  );
  for (let i = 0; i < 2; i++) {
    expect((await node.call("DELETE", `${tenant}/keys/${keyId}`, operator)).status).toBe(204);
  }
  expect((await use()).status).toBe(401);
});

test("the operator's calls are for the operator, and know only tenants that are", async () => {
  for (const headers of [{}, { "x-admin-key": "wrong" }, server]) {
    expect((await node.call("PUT", "/admin/v1/tenants/x", headers as Record<string, string>)).status).toBe(
      401,
    );
  }
  for (const [method, path] of [
    ["POST", "keys"],
    ["GET", "keys"],
    ["DELETE", "keys/abc"],
  ] as const) {
    const { body } = await node.call(method, `/admin/v1/tenants/nobody/${path}`, operator);
    expect(body.error.code).toBe("tenant_not_found");
  }
});

test("the public keys are for everybody, and only public", async () => {
  const { status, body } = await node.call("GET", "/.well-known/jwks.json");
  expect(status).toBe(200);
  expect(body.keys).toEqual([
    { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid: expect.any(String), x: expect.any(String) },
  ]);
});

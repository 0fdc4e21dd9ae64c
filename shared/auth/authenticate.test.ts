import type { IncomingHttpHeaders } from "node:http";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { RateLimit } from "#shared/http/rate-limit.ts";
import type { ApiKeyRow } from "#shared/store/store.ts";
import { generateApiKey } from "./api-key.ts";
import { type Authenticator, createAuthenticator } from "./authenticate.ts";
import { Authority } from "./authority.ts";
import { generateSigningKeys, parseSigningKeys } from "./signing-keys.ts";
import { createTokenIssuer, type TokenIssuer } from "./token-issuer.ts";
import { createTokenVerifier } from "./token-verifier.ts";

const clock = { now: Date.parse("2026-11-23T12:00:00.000Z"), nowMs: () => clock.now };
const made = generateApiKey();
const row: ApiKeyRow = {
  keyId: made.keyId,
  tenantId: "acme",
  secretHash: made.secretHash,
  description: null,
  createdAt: "",
  revokedAt: null,
};

let issuer: TokenIssuer;
let reads: number;
let stored: ApiKeyRow | null;
let revokedBefore: string | null;
let authenticator: Authenticator;

beforeAll(async () => {
  issuer = await createTokenIssuer({
    keys: await parseSigningKeys(await generateSigningKeys()),
    issuer: "sendsar",
    clock,
  });
});

beforeEach(() => {
  reads = 0;
  stored = row;
  revokedBefore = null;
  const store = {
    getApiKey: async (keyId: string) => {
      reads++;
      return stored?.keyId === keyId ? stored : null;
    },
    getRevokedBefore: async () => revokedBefore,
    getTenant: async () => null,
    readHeads: async () => [],
    readMemberships: async () => [],
  };
  authenticator = createAuthenticator({
    authority: new Authority({ store, clock }),
    verifier: createTokenVerifier({ keys: issuer.jwks, issuer: "sendsar", clock }),
    adminKey: "the-operator",
    failures: new RateLimit({ limit: 5, windowSeconds: 60, what: "tries" }),
  });
});

const tokenOf = async (userId: string) =>
  (await issuer.issue({ tenantId: "acme", userId, ttlSeconds: 60 })).token;
const call = (headers: IncomingHttpHeaders, auth: "any" | "operator" = "any", ip = "10.0.0.1") =>
  authenticator.authenticate({ headers, ip }, auth);
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "accepted",
    (error: { code: string }) => error.code,
  );

test("a key is a server of its tenant, for a user where it names one", async () => {
  expect(await call({ "x-api-key": made.apiKey })).toEqual({
    kind: "server",
    tenantId: "acme",
    userId: null,
    keyId: made.keyId,
  });
  expect(await call({ "x-api-key": made.apiKey, "x-user-id": "user_42" })).toMatchObject({
    userId: "user_42",
  });
});

test("a token is a client; it cannot act for another", async () => {
  const authorization = `Bearer ${await tokenOf("user_42")}`;
  const client = { kind: "client", tenantId: "acme", userId: "user_42" };
  expect(await call({ authorization, "x-user-id": "user_1" })).toEqual(client);
});

test.each<[string, IncomingHttpHeaders]>([
  ["nothing", {}],
  ["a word", { "x-api-key": "secret" }],
  ["an empty key", { "x-api-key": "" }],
  ["another good key", { "x-api-key": generateApiKey().apiKey }],
  ["basic authorization", { authorization: "Basic YTpi" }],
  ["Bearer with nothing", { authorization: "Bearer " }],
  ["Bearer with two words", { authorization: "Bearer a b" }],
  ["a key as a token", { authorization: `Bearer ${made.apiKey}` }],
  ["the operator's key", { "x-admin-key": "the-operator" }],
])("%s is no credential", async (_what, headers) => {
  expect(await code(call(headers))).toBe("unauthenticated");
});

test("a key and a token at once are refused", async () => {
  const authorization = `Bearer ${await tokenOf("u")}`;
  expect(await code(call({ authorization, "x-api-key": made.apiKey }))).toBe("unauthenticated");
});

test("a key with a wrong checksum is refused without a look at the store", async () => {
  await code(call({ "x-api-key": `${made.apiKey.slice(0, -1)}${made.apiKey.endsWith("0") ? "1" : "0"}` }));
  expect(reads).toBe(0);
});

test("a key whose id is known and whose secret is another's is refused", async () => {
  stored = { ...row, secretHash: generateApiKey().secretHash };
  expect(await code(call({ "x-api-key": made.apiKey }))).toBe("unauthenticated");
});

test("a revoked key is refused", async () => {
  stored = { ...row, revokedAt: "2026-01-01T00:00:00.000Z" };
  expect(await code(call({ "x-api-key": made.apiKey }))).toBe("unauthenticated");
});

test.each(["", "a b", "a/b", "é", "a".repeat(129), "a, b"])(
  "x-user-id %.20j is refused by name",
  async (userId) => {
    const refusal = call({ "x-api-key": made.apiKey, "x-user-id": userId });
    await expect(refusal).rejects.toMatchObject({
      code: "invalid_request",
      details: [{ path: "/headers/x-user-id" }],
    });
  },
);

test("a revocation voids the tokens issued up to it and no later ones", async () => {
  const early = await tokenOf("u");
  revokedBefore = new Date(clock.now).toISOString();
  expect(await code(call({ authorization: `Bearer ${early}` }))).toBe("token_revoked");
  expect(await code(authenticator.session(early))).toBe("token_revoked");
  clock.now += 1;
  expect(await code(call({ authorization: `Bearer ${await tokenOf("u")}` }))).toBe("accepted");
});

test("operators' calls take the operator's key and nothing else", async () => {
  expect(await call({ "x-admin-key": "the-operator" }, "operator")).toEqual({ kind: "operator" });
  expect(await code(call({ "x-admin-key": "the-operato" }, "operator"))).toBe("unauthenticated");
  expect(await code(call({ "x-api-key": made.apiKey }, "operator"))).toBe("unauthenticated");
});

test("an address that fails too often is told to wait; a good credential is taken from it all the same", async () => {
  for (let i = 0; i < 5; i++) expect(await code(call({}))).toBe("unauthenticated");
  await expect(call({})).rejects.toMatchObject({
    code: "rate_limited",
    quota: { limit: 5, remaining: 0 },
    retryAfterMs: expect.any(Number),
  });
  expect(await code(call({ "x-api-key": made.apiKey }))).toBe("accepted");
  expect(await code(call({}, "any", "10.0.0.2"))).toBe("unauthenticated");
});

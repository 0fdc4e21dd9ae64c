import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importJWK, type JWTHeaderParameters, SignJWT } from "jose";
import { beforeAll, expect, test } from "vitest";
import {
  generateSigningKeys,
  loadSigningKeysFile,
  parseSigningKeys,
  type SigningJwk,
} from "./signing-keys.ts";
import { createTokenIssuer, type TokenIssuer } from "./token-issuer.ts";
import { createTokenVerifier, type TokenVerifier } from "./token-verifier.ts";

const clock = { now: Date.parse("2026-11-23T12:00:00.000Z"), nowMs: () => clock.now };
const issuerName = "sendsar";
let keys: readonly SigningJwk[];
let issuer: TokenIssuer;
let verifier: TokenVerifier;

beforeAll(async () => {
  keys = await parseSigningKeys(await generateSigningKeys());
  issuer = await createTokenIssuer({ keys, issuer: issuerName, clock });
  verifier = createTokenVerifier({ keys: issuer.jwks, issuer: issuerName, clock });
});

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "accepted",
    (error: { code: string }) => error.code,
  );

interface Forged {
  header?: Partial<JWTHeaderParameters>;
  claims?: Record<string, unknown>;
  drop?: readonly string[];
  key?: SigningJwk;
}

/** A token signed by our key, right in everything but what the test says. */
async function forged({ header = {}, claims = {}, drop = [], key }: Forged): Promise<string> {
  const signing = key ?? (keys[0] as SigningJwk);
  const seconds = Math.floor(clock.now / 1_000);
  const payload: Record<string, unknown> = {
    iss: issuerName,
    aud: "sendsar",
    sub: "user_42",
    tid: "acme",
    iat: seconds,
    iat_ms: clock.now,
    exp: seconds + 60,
    jti: "j",
    ...claims,
  };
  for (const name of drop) delete payload[name];
  return new SignJWT(payload)
    .setProtectedHeader({ alg: "EdDSA", typ: "session+jwt", kid: signing.kid, ...header })
    .sign(await importJWK(signing, "EdDSA"));
}

test("a token says who, since when and until when; a second look comes from memory", async () => {
  const { token, expiresAtMs } = await issuer.issue({ tenantId: "acme", userId: "user_42", ttlSeconds: 60 });
  const session = await verifier.verify(token);
  expect(session).toMatchObject({ tenantId: "acme", userId: "user_42", issuedAtMs: clock.now, expiresAtMs });
  expect(expiresAtMs).toBe(clock.now + 60_000);
  expect(await verifier.verify(token)).toBe(session);
});

test("what the tests forge is good but for what they change", async () => {
  expect(await code(verifier.verify(await forged({})))).toBe("accepted");
});

test.each<[string, Forged]>([
  ["another issuer", { claims: { iss: "elsewhere" } }],
  ["another audience", { claims: { aud: "other" } }],
  ["another type", { header: { typ: "at+jwt" } }],
  ["no type", { header: { typ: undefined } as never }],
  ["a key id that is unknown", { header: { kid: "unknown" } }],
  ["no user", { drop: ["sub"] }],
  ["no tenant", { drop: ["tid"] }],
  ["no expiry", { drop: ["exp"] }],
  ["no time of issue", { drop: ["iat"] }],
  ["no time of issue in milliseconds", { drop: ["iat_ms"] }],
  ["no id", { drop: ["jti"] }],
  ["a tenant that is no identifier", { claims: { tid: "acme/evil" } }],
  ["a tenant that is no text", { claims: { tid: 7 } }],
  ["a user that is no identifier", { claims: { sub: "a b" } }],
  ["an empty user", { claims: { sub: "" } }],
])("a token with %s is refused", async (_what, change) => {
  expect(await code(verifier.verify(await forged(change)))).toBe("unauthenticated");
});

test("a token of a foreign key is refused, under its own key id and under ours", async () => {
  const [foreign] = await parseSigningKeys(await generateSigningKeys());
  const key = foreign as SigningJwk;
  expect(await code(verifier.verify(await forged({ key })))).toBe("unauthenticated");
  const kid = (keys[0] as SigningJwk).kid;
  expect(await code(verifier.verify(await forged({ key, header: { kid } })))).toBe("unauthenticated");
});

test("no other algorithm is taken: not none, not HS256 over the public key, not RS256", async () => {
  const [header, payload] = (await forged({})).split(".");
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const kid = (keys[0] as SigningJwk).kid;
  const none = `${part({ alg: "none", typ: "session+jwt", kid })}.${payload}.`;
  expect(await code(verifier.verify(none))).toBe("unauthenticated");
  expect(await code(verifier.verify(`${header}.${payload}.`))).toBe("unauthenticated");

  const claims = JSON.parse(Buffer.from(payload as string, "base64url").toString());
  const secret = Buffer.from((keys[0] as SigningJwk).x, "base64url");
  const hs256 = await new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", typ: "session+jwt", kid })
    .sign(secret);
  expect(await code(verifier.verify(hs256))).toBe("unauthenticated");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const rs256 = await new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", typ: "session+jwt", kid })
    .sign(privateKey);
  expect(await code(verifier.verify(rs256))).toBe("unauthenticated");
});

test.each(["", "a", "a.b", "a.b.c", "a.b.c.d", "....", "é.é.é", "x".repeat(5_000)])(
  "%.20j is no token",
  async (text) => {
    expect(await code(verifier.verify(text))).toBe("unauthenticated");
  },
);

test("a token expires, also one that is remembered", async () => {
  const start = clock.now;
  const { token } = await issuer.issue({ tenantId: "acme", userId: "u", ttlSeconds: 30 });
  await verifier.verify(token);
  clock.now = start + 36_000;
  try {
    expect(await code(verifier.verify(token))).toBe("token_expired");
    const other = createTokenVerifier({ keys: issuer.jwks, issuer: issuerName, clock });
    expect(await code(other.verify(token))).toBe("token_expired");
  } finally {
    clock.now = start;
  }
});

test("a token asked for after a revocation counts as issued after it, whatever our clock says", async () => {
  const afterMs = clock.now + 60_000;
  const { token } = await issuer.issue({ tenantId: "acme", userId: "u", ttlSeconds: 60, afterMs });
  expect((await verifier.verify(token)).issuedAtMs).toBe(afterMs + 1);
});

test("the published keys hold nothing private, and those of a rotation verify both ways", async () => {
  expect(JSON.stringify(issuer.jwks)).not.toContain('"d"');
  const fresh = await parseSigningKeys(await generateSigningKeys());
  const rotated = await createTokenIssuer({ keys: [...fresh, ...keys], issuer: issuerName, clock });
  const { token: old } = await issuer.issue({ tenantId: "acme", userId: "u", ttlSeconds: 60 });
  const { token: recent } = await rotated.issue({ tenantId: "acme", userId: "u", ttlSeconds: 60 });
  const both = createTokenVerifier({ keys: rotated.jwks, issuer: issuerName, clock });
  expect(await code(both.verify(old))).toBe("accepted");
  expect(await code(both.verify(recent))).toBe("accepted");
  expect(await code(verifier.verify(recent))).toBe("unauthenticated");
});

test("keys are fetched from where they are published; where that fails the caller may try again", async () => {
  let answer: readonly [number, string] = [200, JSON.stringify(issuer.jwks)];
  const server = createServer((_request, response) => response.writeHead(answer[0]).end(answer[1]));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`);
  const { token } = await issuer.issue({ tenantId: "acme", userId: "u", ttlSeconds: 60 });
  const remote = createTokenVerifier({ keys: url, issuer: issuerName, clock });
  expect(await code(remote.verify(token))).toBe("accepted");
  for (const bad of [
    [503, "{}"],
    [200, "<html>"],
    [200, '{"keys":1}'],
  ] as const) {
    answer = bad;
    const unlucky = createTokenVerifier({ keys: url, issuer: issuerName, clock });
    expect(await code(unlucky.verify(token)), bad.join(" ")).toBe("service_unavailable");
  }
  server.close();
  server.closeAllConnections();
  const cut = createTokenVerifier({ keys: url, issuer: issuerName, clock });
  expect(await code(cut.verify(token))).toBe("service_unavailable");
});

test("a key file is made once, for its owner's eyes, and read from then on", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "keys-")), "deep", "signing-keys.json");
  const [first, second] = await Promise.all([loadSigningKeysFile(path), loadSigningKeysFile(path)]);
  expect(first).toEqual(second);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, "utf8")).toContain('"d"');
});

test.each([
  ["", "not JSON"],
  ["[]", "not {"],
  ['{"keys":[]}', "not {"],
  ['{"keys":[{"kty":"oct","k":"hush"}]}', "signing key 0 is not"],
  ['{"keys":[{"kty":"OKP","crv":"Ed25519","x":"hush"}]}', "signing key 0 is not"],
])("%j are no signing keys, and the message shows nothing of them", async (text, message) => {
  const error = await parseSigningKeys(text).catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain("hush");
});

import { expect, test } from "vitest";
import { generateApiKey } from "#shared/auth/api-key.ts";
import { BareClient } from "./bare-client.ts";
import { Caller } from "./caller.ts";
import { expectDocumentedError, expectErrorShape } from "./documented-answer.ts";
import { eventually, within } from "./eventually.ts";
import { expiredToken, forgedTokens } from "./forged-tokens.ts";
import { rawRequest } from "./raw-http.ts";
import type { Stage } from "./stage.ts";
import { StillWorks } from "./still-works.ts";

type Headers = readonly (readonly [string, string])[];

export function badCredentials(stage: Stage): void {
  test("a request without one good credential is unauthenticated, whatever it brings instead", async () => {
    const tenant = await stage.tenant();
    const works = await StillWorks.on(tenant, stage.deployment().processes);
    const { apiKey } = tenant;
    const token = await tenant.token("ada");
    const mistyped = apiKey.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    const cases: Record<string, Headers> = {
      nothing: [],
      "an empty key": [["x-api-key", ""]],
      "no key of ours": [["x-api-key", "sk_live_123"]],
      "a mistyped key": [["x-api-key", mistyped]],
      "a key that was never given out": [["x-api-key", generateApiKey().apiKey]],
      "a good id with another secret": [
        ["x-api-key", apiKey.slice(0, 16) + generateApiKey().apiKey.slice(16)],
      ],
      "the key twice": [
        ["x-api-key", apiKey],
        ["x-api-key", apiKey],
      ],
      "the key where a token belongs": [["authorization", `Bearer ${apiKey}`]],
      "a token where the key belongs": [["x-api-key", token]],
      "both credentials": [
        ["x-api-key", apiKey],
        ["authorization", `Bearer ${token}`],
      ],
      "a token without its scheme": [["authorization", token]],
      "another scheme": [["authorization", `Basic ${Buffer.from(`x:${apiKey}`).toString("base64")}`]],
      "a scheme without a token": [["authorization", "Bearer "]],
      "two tokens": [["authorization", `Bearer ${token} ${token}`]],
      "the operator's key": [["x-admin-key", stage.deployment().adminKey]],
      "a token in a cookie": [["cookie", `token=${token}`]],
    };
    for (const [name, headers] of Object.entries(cases)) {
      for (const path of ["/v1/rooms", `/v1/rooms/${works.roomId}/messages`]) {
        const answer = await rawRequest(tenant.url, { path, headers });
        expectDocumentedError(answer);
        expect(answer.body, name).toMatchObject({ error: { code: "unauthenticated" } });
        for (const secret of [apiKey, token, mistyped]) expect(answer.text).not.toContain(secret);
      }
      await works.check();
    }
    const inQuery = await rawRequest(tenant.url, { path: `/v1/rooms?token=${token}&api_key=${apiKey}` });
    expect(inQuery.body).toMatchObject({ error: { code: "unauthenticated" } });
    await works.close();
  });

  test("a revoked key stops working within a second or so, and the others go on", async () => {
    const tenant = await stage.tenant();
    const operator = stage.operator();
    const keys = `/admin/v1/tenants/${tenant.tenantId}/keys`;
    const { body } = await operator.post<{ apiKey: string; keyId: string }>(keys, { description: "second" });
    const second = new Caller(tenant.url, { "x-api-key": body.apiKey, "x-user-id": "ada" });
    expect((await second.get("/v1/rooms")).status).toBe(200);
    expect((await operator.delete(`${keys}/${body.keyId}`)).status).toBe(204);
    // Each node finds out for itself, and the next call may be another's.
    await eventually(async () => {
      for (const _node of stage.deployment().processes)
        expect((await second.get("/v1/rooms")).status).toBe(401);
    }, 3_000);
    expect((await second.get("/v1/rooms")).body).toMatchObject({ error: { code: "unauthenticated" } });
    expect((await tenant.as("ada").get("/v1/rooms")).status).toBe(200);
    const listed = await operator.get<{ items: { keyId: string; revokedAt: string | null }[] }>(keys);
    expect(listed.body.items.find(({ keyId }) => keyId === body.keyId)?.revokedAt).not.toBeNull();
    expect(listed.text).not.toContain(body.apiKey);
  });

  test("an operator's call takes the operator's key and nothing else", async () => {
    const tenant = await stage.tenant();
    const path = `/admin/v1/tenants/${tenant.tenantId}/keys`;
    const cases: Headers[] = [
      [],
      [["x-admin-key", "wrong"]],
      [["x-admin-key", ""]],
      [["x-api-key", tenant.apiKey]],
      [["authorization", `Bearer ${await tenant.token("ada")}`]],
      [["x-admin-key", tenant.apiKey]],
      [["authorization", `Bearer ${stage.deployment().adminKey}`]],
    ];
    for (const headers of cases) {
      const answer = await rawRequest(tenant.url, { path, headers });
      expectDocumentedError(answer);
      expect(answer.body).toMatchObject({ error: { code: "unauthenticated" } });
    }
  });

  test("a foreign, forged or expired token is refused over REST and closes a socket by the table", async () => {
    const tenant = await stage.tenant();
    const works = await StillWorks.on(tenant, stage.deployment().processes);
    const good = await tenant.token("ada");
    const forged = Object.entries(forgedTokens(good, stage.signingKeys()));
    const cases = [
      ...forged.map(([name, token]) => ({ name, token, code: "unauthenticated", close: 4500 })),
      {
        name: "expired",
        token: expiredToken(good, stage.signingKeys()),
        code: "token_expired",
        close: 4006,
      },
    ];
    for (const { name, token, code, close } of cases) {
      const answer = await rawRequest(tenant.url, {
        path: "/v1/rooms",
        headers: [["authorization", `Bearer ${token}`]],
      });
      expectDocumentedError(answer);
      expect(answer.body, name).toMatchObject({ error: { code } });
      const client = await BareClient.open(tenant.url);
      client.sendJson({ type: "connect", token, ref: 1 });
      const closed = await within(5_000, client.closed, name);
      // A token longer than any is a frame of the wrong form.
      const expected = token.length > 4_096 ? 4502 : close;
      expect(closed.code, name).toBe(expected);
      expect(client.frames, name).toMatchObject([{ type: "error", ref: 1 }]);
      const text = JSON.stringify(client.frames);
      expectErrorShape(client.frames[0]?.error, text);
      expect(text).not.toContain(good);
    }
    await works.check();
    await works.close();
  });
}

import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { WebhookEndpoint } from "#shared/protocol/webhooks.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

const path = "/v1/webhooks/endpoints";
type Created = WebhookEndpoint & { readonly secret: string };
type Refusal = { readonly error: { code: string; details?: { path: string; message: string }[] } };

async function created(tenant: Tenant, body: object): Promise<Created> {
  const answer = await tenant.server.post<Created>(path, body);
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

export function webhookEndpoints(stage: Stage): void {
  test("an endpoint is made with defaults, changed field by field, and removed", async () => {
    const tenant = await stage.tenant();
    const { secret, ...made } = await created(tenant, { url: "https://acme.example/hook" });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(made).toMatchObject({
      url: "https://acme.example/hook",
      events: [],
      roomPattern: null,
      headers: {},
      ordered: false,
      concurrency: limits.webhookConcurrentRequestsDefault,
      ratePerSecond: null,
      enabled: true,
      disabledReason: null,
    });
    const one = `${path}/${made.endpointId}`;
    expect((await tenant.server.get(one)).body).toEqual(made);
    const settings = {
      events: ["message.created"],
      roomPattern: "order_*",
      ordered: true,
      headers: { "x-a": "1" },
    };
    const patched = await tenant.server.patch<WebhookEndpoint>(one, settings);
    expect(patched.body).toMatchObject({ ...settings, url: made.url, createdAt: made.createdAt });
    expect((await tenant.server.get(path)).body).toEqual({ items: [patched.body], next: null });
    expect((await tenant.server.delete(one)).status).toBe(204);
    expect((await tenant.server.get<Refusal>(one)).body.error.code).toBe("webhook_endpoint_not_found");
    expect((await tenant.server.delete(one)).status).toBe(404);
    expect((await tenant.server.get(path)).body).toEqual({ items: [], next: null });
  });

  test("it is disabled and enabled on request, and says so", async () => {
    const tenant = await stage.tenant();
    const made = await created(tenant, { url: "https://acme.example/hook", enabled: false });
    expect(made).toMatchObject({ enabled: false, disabledReason: "by_request", disabledAt: made.createdAt });
    const one = `${path}/${made.endpointId}`;
    const enabled = await tenant.server.patch(one, { enabled: true });
    expect(enabled.body).toMatchObject({ enabled: true, disabledReason: null, disabledAt: null });
    await tenant.server.patch(one, { enabled: false });
    expect((await tenant.server.get(one)).body).toMatchObject({ enabled: false });
  });

  test("a secret is shown when it is made and never again, and a rotation makes another", async () => {
    const tenant = await stage.tenant();
    const made = await created(tenant, { url: "https://acme.example/hook" });
    const one = `${path}/${made.endpointId}`;
    const rotated = await tenant.server.post<{ secret: string; previousExpiresAt: string }>(
      `${one}/rotate-secret`,
    );
    expect(rotated.body.secret).not.toBe(made.secret);
    const overlapMs = Date.parse(rotated.body.previousExpiresAt) - Date.now();
    expect(overlapMs / 3_600_000).toBeCloseTo(24, 0);
    for (const { text } of [await tenant.server.get(one), await tenant.server.get(path)]) {
      expect(text).not.toContain("whsec_");
    }
  });

  test("an asymmetric one shows its public keys and never a private one, and a rotation makes another", async () => {
    const tenant = await stage.tenant();
    const made = await created(tenant, { url: "https://acme.example/hook" });
    expect(made).toMatchObject({ asymmetric: false, publicKeys: [] });
    const one = `${path}/${made.endpointId}`;
    const patched = await tenant.server.patch<WebhookEndpoint>(one, { asymmetric: true });
    const [key] = patched.body.publicKeys;
    expect(key).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    expect(patched.body).toMatchObject({ asymmetric: true, publicKeys: [key] });
    const again = await tenant.server.patch<WebhookEndpoint>(one, { asymmetric: true });
    expect(again.body.publicKeys, "the same setting changes no key").toEqual([key]);
    type Rotated = { publicKeys: string[] };
    const rotated = await tenant.server.post<Rotated>(`${one}/rotate-secret`);
    expect(rotated.body.publicKeys).toHaveLength(2);
    expect(rotated.body.publicKeys[0]).not.toBe(key);
    expect(rotated.body.publicKeys[1]).toBe(key);
    expect((await tenant.server.get<WebhookEndpoint>(one)).body.publicKeys).toEqual(rotated.body.publicKeys);
    expect(rotated.text + (await tenant.server.get(path)).text).not.toContain("whsk_");
    const off = await tenant.server.patch(one, { asymmetric: false });
    expect(off.body).toMatchObject({ asymmetric: false, publicKeys: [] });
  });

  test.each([
    ["a private address", { url: "https://10.0.0.1/" }, "/url"],
    ["a metadata service", { url: "https://169.254.169.254/latest/meta-data" }, "/url"],
    ["a mapped address", { url: "https://[::ffff:10.0.0.1]/" }, "/url"],
    ["an odd literal", { url: "https://0x0a000001/" }, "/url"],
    ["NAT64", { url: "https://[64:ff9b::a00:1]/" }, "/url"],
    ["plain HTTP to the public", { url: "http://1.1.1.1/" }, "/url"],
    ["a login in the URL", { url: "https://me:secret@acme.example/" }, "/url"],
    ["another scheme", { url: "gopher://acme.example/" }, "/url"],
    ["no URL", {}, "/"],
    ["an event that there is not", { events: ["message.craeted"] }, "/events/0"],
    ["a pattern of other characters", { roomPattern: "order_[0-9]+" }, "/roomPattern"],
    ["a header of the delivery", { headers: { "Webhook-Id": "x" } }, "/headers/Webhook-Id"],
    ["a header of the connection", { headers: { host: "x" } }, "/headers/host"],
    ["no name of a header", { headers: { "x y": "x" } }, "/headers/x y"],
    ["a header with a line in it", { headers: { "x-a": "a\r\nhost: b" } }, "/headers/x-a"],
    ["too much at a time", { concurrency: limits.webhookConcurrentRequestsMax + 1 }, "/concurrency"],
    ["a batch of one", { batch: { maxEvents: 1, maxWaitMs: 100 } }, "/batch/maxEvents"],
    ["a batch that waits for ever", { batch: { maxEvents: 2, maxWaitMs: 3_600_000 } }, "/batch/maxWaitMs"],
    ["an unknown field", { orderd: true }, "/orderd"],
  ])("%s is refused, and named", async (title, wrong, where) => {
    const tenant = await stage.tenant();
    const body = title === "no URL" ? wrong : { url: "https://acme.example/hook", ...wrong };
    const { status, body: answer } = await tenant.server.post<Refusal>(path, body);
    expect([status, answer.error.code]).toEqual([400, "invalid_request"]);
    expect(answer.error.details?.map((detail) => detail.path)).toContain(where);
    if (title === "no URL") return;
    const made = await created(tenant, { url: "https://acme.example/hook" });
    expect((await tenant.server.patch(`${path}/${made.endpointId}`, wrong)).status).toBe(400);
    expect((await tenant.server.get(path)).body).toMatchObject({ items: [{ url: made.url }] });
  });

  test("a tenant has a bounded number of them, and an oversized body is refused as such", async () => {
    const tenant = await stage.tenant();
    const urls = Array.from({ length: limits.webhookEndpointsMax }, (_, n) => `https://acme.example/${n}`);
    // Each is answered once all nodes know of it.
    for (let at = 0; at < urls.length; at += 10) {
      await Promise.all(urls.slice(at, at + 10).map((url) => created(tenant, { url })));
    }
    const more = await tenant.server.post<Refusal>(path, { url: "https://acme.example/more" });
    expect([more.status, more.body.error.code]).toEqual([409, "too_many_webhook_endpoints"]);
    const huge = await tenant.server.post<Refusal>(path, { url: "x".repeat(limits.requestBodyBytesMax) });
    expect([huge.status, huge.body.error.code]).toEqual([413, "payload_too_large"]);
  });

  test("a user's client, and a server that acts for one, do not come near them as clients", async () => {
    const tenant = await stage.tenant();
    const client = await tenant.client("ada");
    expect((await client.get<Refusal>(path)).body.error.code).toBe("forbidden");
  });
}

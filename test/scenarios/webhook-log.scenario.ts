import { expect, test } from "vitest";
import type { WebhookDelivery, WebhookEndpoint } from "#shared/protocol/webhooks.ts";
import { eventually } from "./eventually.ts";
import { Receiver, verify } from "./receiver.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

type Page = { readonly items: WebhookDelivery[]; readonly next: string | null };
type Refusal = { readonly error: { readonly code: string } };

const log = "/v1/webhooks/deliveries";

async function hook(tenant: Tenant, url: string, settings: object = {}) {
  const body = { url, events: ["message.created"], ...settings };
  const made = await tenant.server.post<WebhookEndpoint & { secret: string }>("/v1/webhooks/endpoints", body);
  expect(made.status, made.text).toBe(201);
  return made.body;
}

async function say(tenant: Tenant, roomId: string, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body });
}

/** Waits until the log has so many deliveries that a filter leaves. */
function listed(tenant: Tenant, filter: string, count: number): Promise<WebhookDelivery[]> {
  return eventually(async () => {
    const { body, status, text } = await tenant.server.get<Page>(`${log}?${filter}`);
    expect(status, text).toBe(200);
    expect(body.items).toHaveLength(count);
    return body.items;
  });
}

export function webhookLog(stage: Stage): void {
  test("the log shows each delivery with its tries, by endpoint, status and room, page by page", async () => {
    const tenant = await stage.tenant();
    const [good, bad] = [await Receiver.open(), await Receiver.open()];
    good.answer = () => ({ status: 200, body: "thank you" });
    bad.answer = () => ({ status: 500, body: `no${"!".repeat(2_000)}` });
    const [taken, refused] = [await hook(tenant, good.url), await hook(tenant, bad.url)];
    const [one, two] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "bob"])];
    await say(tenant, one, ["a", "b"]);
    await say(tenant, two, ["c"]);
    const succeeded = await listed(tenant, `endpointId=${taken.endpointId}&status=succeeded`, 3);
    expect(succeeded[0]).toMatchObject({
      endpointId: taken.endpointId,
      eventType: "message.created",
      roomId: two,
      seq: 2,
      status: "succeeded",
      attemptCount: 1,
      nextAttemptAt: null,
      attempts: [{ statusCode: 200, response: "thank you" }],
    });
    await listed(tenant, `roomId=${one}`, 4);
    const failed = await listed(tenant, `endpointId=${refused.endpointId}&status=failed&roomId=${two}`, 1);
    expect(failed[0]?.attempts[0]).toMatchObject({ statusCode: 500 });
    expect(failed[0]?.attempts[0]?.response.length).toBeLessThanOrEqual(1_024);
    expect(failed[0]?.nextAttemptAt).not.toBeNull();

    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const next: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body } = await tenant.server.get<Page>(`${log}?limit=2${next}`);
      seen.push(...body.items.map(({ deliveryId }) => deliveryId));
      cursor = body.next;
    }
    expect(seen).toHaveLength(6);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    const whole = await tenant.server.get<{ body: string }>(`${log}/${succeeded[0]?.deliveryId}`);
    expect(JSON.parse(whole.body.body)).toMatchObject({ body: "c", roomId: two });
    expect((await tenant.server.get<Refusal>(`${log}?cursor=nonsense`)).body.error.code).toBe(
      "invalid_request",
    );
    expect((await tenant.server.get<Refusal>(`${log}?status=lost`)).body.error.code).toBe("invalid_request");
  });

  test("a delivery that is exhausted stays so until it is retried, under the same id", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    receiver.answer = () => ({ status: 410 });
    const { endpointId, secret } = await hook(tenant, receiver.url);
    await say(tenant, await tenant.room(["ada", "bob"]), ["a"]);
    const [exhausted] = await listed(tenant, "status=exhausted", 1);
    receiver.answer = () => ({ status: 200 });
    await tenant.server.patch(`/v1/webhooks/endpoints/${endpointId}`, { enabled: true });
    const again = `${log}/${exhausted?.deliveryId}/retry`;
    await eventually(async () => {
      expect((await tenant.server.post(again)).status).toBe(202);
      expect(receiver.calls.length).toBeGreaterThan(1);
    });
    const [delivered] = await listed(tenant, "status=succeeded", 1);
    expect(delivered?.deliveryId).toBe(exhausted?.deliveryId);
    const ids = new Set(receiver.calls.map(({ headers }) => headers["webhook-id"]));
    expect([...ids]).toEqual([delivered?.eventId]);
    for (const call of receiver.calls) verify(secret, call);
  });

  test("a range is replayed, in a room's order, and nothing of before or of another endpoint", async () => {
    const tenant = await stage.tenant();
    const [receiver, other] = [await Receiver.open(), await Receiver.open()];
    const { endpointId } = await hook(tenant, receiver.url, { ordered: true });
    await hook(tenant, other.url);
    const roomId = await tenant.room(["ada", "bob"]);
    await say(tenant, roomId, ["before"]);
    const [first] = await listed(tenant, `endpointId=${endpointId}`, 1);
    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(first?.createdAt ?? "")));
    const from = new Date(Date.parse(first?.createdAt ?? "") + 1).toISOString();
    await say(tenant, roomId, ["a", "b", "c"]);
    await receiver.got(4);
    await other.got(4);
    await listed(tenant, "status=succeeded", 8);
    const to = new Date(Date.now() + 1_000).toISOString();
    const replay = `/v1/webhooks/endpoints/${endpointId}/replay`;
    expect((await tenant.server.post(replay, { from, to })).status).toBe(202);
    const calls = await receiver.got(7);
    expect(calls.slice(4).map(({ body }) => body.body)).toEqual(["a", "b", "c"]);
    const ids = calls.map(({ headers }) => headers["webhook-id"]);
    expect(ids.slice(4)).toEqual(ids.slice(1, 4));
    expect(other.calls).toHaveLength(4);
    const wrong = await tenant.server.post<Refusal>(replay, { from: to, to: from });
    expect(wrong.body.error.code).toBe("invalid_request");
    // What there is none of is replayed without a word.
    expect((await tenant.server.post(replay, { from, to, status: "exhausted" })).status).toBe(202);
  });

  test("what an endpoint missed while it was disabled is in the log, and replayed once it is back", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    const { endpointId } = await hook(tenant, receiver.url, { enabled: false });
    const from = new Date(Date.now() - 1_000).toISOString();
    await say(tenant, await tenant.room(["ada", "bob"]), ["a", "b"]);
    await listed(tenant, "status=exhausted", 2);
    expect(receiver.calls).toEqual([]);
    await tenant.server.patch(`/v1/webhooks/endpoints/${endpointId}`, { enabled: true });
    const to = new Date(Date.now() + 1_000).toISOString();
    await eventually(async () => {
      const replay = { from, to, status: "exhausted" };
      await tenant.server.post(`/v1/webhooks/endpoints/${endpointId}/replay`, replay);
      await listed(tenant, "status=succeeded", 2);
    });
    expect(
      receiver.calls
        .map(({ body }) => body.body)
        .slice(0, 2)
        .sort(),
    ).toEqual(["a", "b"]);
  });

  test("a test event goes to an endpoint whatever its filters, and is in the log", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    const { endpointId, secret } = await hook(tenant, receiver.url, { roomPattern: "none_*" });
    const asked = await tenant.server.post<{ deliveryId: string }>(
      `/v1/webhooks/endpoints/${endpointId}/test`,
    );
    expect(asked.status).toBe(202);
    const [call] = await receiver.got(1);
    expect(call?.body).toMatchObject({ type: "webhook.test", tenantId: tenant.tenantId, endpointId });
    if (call !== undefined) verify(secret, call);
    const [delivery] = await listed(tenant, "eventType=webhook.test&status=succeeded", 1);
    expect(delivery?.deliveryId).toBe(asked.body.deliveryId);
  });
}

import { expect, test } from "vitest";
import type { WebhookEndpoint } from "#shared/protocol/webhooks.ts";
import { eventually } from "./eventually.ts";
import { isSignedBy, Receiver, verify } from "./receiver.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

const path = "/v1/webhooks/endpoints";

type Created = WebhookEndpoint & { readonly secret: string };

async function hook(tenant: Tenant, url: string, settings: object = {}): Promise<Created> {
  const { status, body, text } = await tenant.server.post<Created>(path, { url, ...settings });
  expect(status, text).toBe(201);
  return body;
}

async function say(tenant: Tenant, roomId: string, body: string, userId = "ada"): Promise<void> {
  const { status, text } = await tenant.as(userId).post(`/v1/rooms/${roomId}/messages`, { body });
  expect(status, text).toBe(201);
}

export function webhookDelivery(stage: Stage): void {
  test("a message is delivered with the fields of the product page, signed as Standard Webhooks has it", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    const { secret } = await hook(tenant, `${receiver.url}/in?x=1`, {
      events: ["message.created"],
      headers: { authorization: "Bearer mine" },
    });
    const roomId = await tenant.room(["ada", "bob"]);
    await say(tenant, roomId, "Driver is 2 min away 🚗");
    const [call] = await receiver.got(1);
    if (call === undefined) return;
    expect(call.body).toMatchObject({
      type: "message.created",
      tenantId: tenant.tenantId,
      roomId,
      seq: 2,
      number: 1,
      senderId: "ada",
      body: "Driver is 2 min away 🚗",
    });
    expect(call.path).toBe("/in?x=1");
    expect(call.headers).toMatchObject({
      "content-type": "application/json",
      authorization: "Bearer mine",
      "webhook-attempt": "1",
      "webhook-id": expect.stringMatching(/^evt_[\w-]{22}$/),
    });
    verify(secret, call);
    expect(() => verify(secret, { ...call, text: call.text.replace("2 min", "3 min") })).toThrow();
    const { body: events } = await tenant.server.get<{ items: object[] }>(
      `/v1/rooms/${roomId}/events?after=1`,
    );
    expect(call.body).toEqual(events.items[0]);
  });

  test("each endpoint gets what it asked for, and another tenant's gets nothing of it", async () => {
    const [tenant, other] = [await stage.tenant(), await stage.tenant()];
    const [all, some, rooms, foreign, off] = await Promise.all([1, 2, 3, 4, 5].map(() => Receiver.open()));
    await hook(tenant, all?.url ?? "");
    await hook(tenant, some?.url ?? "", { events: ["room.closed", "member.added"] });
    await hook(tenant, rooms?.url ?? "", { roomPattern: "vip_*", events: ["message.created"] });
    await hook(tenant, off?.url ?? "", { enabled: false });
    await hook(other, foreign?.url ?? "");
    const members = ["ada", "bob"].map((userId) => ({ userId }));
    for (const roomId of ["plain_1", "vip_1"]) {
      await tenant.server.put(`/v1/rooms/${roomId}`, { type: "group", members });
      await say(tenant, roomId, "hello");
    }
    await tenant.server.put("/v1/rooms/vip_1/members/cleo", {});
    await tenant.server.patch("/v1/rooms/plain_1", { state: "closed" });
    const kinds = (receiver: Receiver | undefined) =>
      receiver?.calls.map(({ body }) => `${body.roomId} ${body.type}`).sort();
    await all?.got(6);
    await some?.got(2);
    await rooms?.got(1);
    expect(kinds(all)).toEqual([
      "plain_1 message.created",
      "plain_1 room.closed",
      "plain_1 room.created",
      "vip_1 member.added",
      "vip_1 message.created",
      "vip_1 room.created",
    ]);
    expect(kinds(some)).toEqual(["plain_1 room.closed", "vip_1 member.added"]);
    expect(kinds(rooms)).toEqual(["vip_1 message.created"]);
    await say(other, await other.room(["ada", "bob"]), "mine");
    await foreign?.got(2);
    expect(foreign?.calls.every(({ body }) => body.tenantId === other.tenantId)).toBe(true);
    expect(off?.calls).toEqual([]);
    const shared = all?.calls.find(({ body }) => `${body.roomId} ${body.type}` === "vip_1 message.created");
    expect(rooms?.calls[0]?.headers["webhook-id"]).toBe(shared?.headers["webhook-id"]);
  });

  test("what fails is tried again under the same id, signed anew, until it is taken", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    const statuses = [500, 302, 200];
    receiver.answer = () => ({
      status: statuses[receiver.calls.length - 1] ?? 200,
      headers: { location: "/x" },
    });
    const { secret } = await hook(tenant, receiver.url, { events: ["message.created"] });
    await say(tenant, await tenant.room(["ada", "bob"]), "hello");
    const calls = await receiver.got(3);
    for (const call of calls) verify(secret, call);
    expect(new Set(calls.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(calls.map(({ headers }) => headers["webhook-attempt"])).toEqual(["1", "2", "3"]);
    expect(new Set(calls.map(({ text }) => text)).size).toBe(1);
    await say(tenant, await tenant.room(["ada", "bob"]), "next");
    await receiver.got(4);
    expect(receiver.calls).toHaveLength(4);
  });

  test("during a rotation both secrets verify, and a wrong one does not", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    const { secret, endpointId } = await hook(tenant, receiver.url, { events: ["message.created"] });
    const rotated = await tenant.server.post<{ secret: string }>(`${path}/${endpointId}/rotate-secret`);
    await say(tenant, await tenant.room(["ada", "bob"]), "hello");
    const [call] = await receiver.got(1);
    if (call === undefined) return;
    verify(secret, call);
    verify(rotated.body.secret, call);
    expect(() => verify(`whsec_${Buffer.alloc(32).toString("base64")}`, call)).toThrow();
  });

  test("an asymmetric endpoint's deliveries are signed by its keys too, by both during a rotation", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    const settings = { events: ["message.created"], asymmetric: true };
    const { secret, endpointId, publicKeys } = await hook(tenant, receiver.url, settings);
    const rotated = await tenant.server.post<{ publicKeys: string[] }>(`${path}/${endpointId}/rotate-secret`);
    await say(tenant, await tenant.room(["ada", "bob"]), "hello");
    const [call] = await receiver.got(1);
    if (call === undefined) return;
    verify(secret, call);
    expect(rotated.body.publicKeys.at(-1)).toBe(publicKeys[0]);
    expect(rotated.body.publicKeys.map((key) => isSignedBy(key, call))).toEqual([true, true]);
    const changed = { ...call, text: call.text.replace("hello", "hullo") };
    expect(rotated.body.publicKeys.map((key) => isSignedBy(key, changed))).toEqual([false, false]);
  });

  test("410 ends an endpoint, which says so until it is enabled again", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    receiver.answer = () => ({ status: 410 });
    const { endpointId } = await hook(tenant, receiver.url, { events: ["message.created"] });
    const roomId = await tenant.room(["ada", "bob"]);
    await say(tenant, roomId, "one");
    const one = `${path}/${endpointId}`;
    await eventually(async () => {
      expect((await tenant.server.get(one)).body).toMatchObject({ enabled: false, disabledReason: "gone" });
    });
    type Entries = { items: { actor: object; action: string; target: object; details: object }[] };
    const { items } = (await tenant.server.get<Entries>("/v1/audit?limit=1")).body;
    expect(items).toMatchObject([
      {
        actor: { kind: "system", keyId: null, userId: null },
        action: "disableWebhookEndpoint",
        target: { endpointId },
        details: { reason: "gone", failingSince: null },
      },
    ]);
    receiver.answer = () => ({ status: 200 });
    await say(tenant, roomId, "while it is off");
    await tenant.server.patch(one, { enabled: true });
    await eventually(async () => {
      await say(tenant, roomId, "again");
      expect(receiver.calls.length).toBeGreaterThan(1);
    });
    expect(receiver.calls.map(({ body }) => body.body)).not.toContain("while it is off");
  });

  test("an endpoint that takes nothing for too long is disabled as failing, and one that fails at times is not", async () => {
    const tenant = await stage.tenant();
    const [dead, shaky] = [await Receiver.open(), await Receiver.open()];
    dead.answer = () => ({ status: 500 });
    shaky.answer = () => ({ status: shaky.calls.length % 2 === 0 ? 500 : 200 });
    const failing = await hook(tenant, dead.url, { events: ["message.created"] });
    const living = await hook(tenant, shaky.url, { events: ["message.created"] });
    expect(failing.failingSince).toBeNull();
    const roomId = await tenant.room(["ada", "bob"]);
    const get = async (id: string) => (await tenant.server.get<WebhookEndpoint>(`${path}/${id}`)).body;
    let since: string | null = null;
    await eventually(async () => {
      await say(tenant, roomId, "hello");
      const { enabled, failingSince, disabledReason } = await get(failing.endpointId);
      since ??= failingSince;
      expect([enabled, disabledReason]).toEqual([false, "failing"]);
    }, 30_000);
    const ended = await get(failing.endpointId);
    expect(ended.failingSince).toBe(since);
    expect(Date.parse(ended.disabledAt ?? "") - Date.parse(since ?? "")).toBeGreaterThanOrEqual(3_000);
    expect(await get(living.endpointId)).toMatchObject({ enabled: true, disabledReason: null });
    dead.answer = () => ({ status: 200 });
    const on = await tenant.server.patch(`${path}/${failing.endpointId}`, { enabled: true });
    expect(on.body).toMatchObject({ enabled: true, disabledReason: null, failingSince: null });
    const before = dead.calls.length;
    await eventually(async () => {
      await say(tenant, roomId, "again");
      expect(dead.calls.length).toBeGreaterThan(before);
    });
  });

  test("an ordered endpoint gets a room's events one after the other, whatever fails", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    let failures = 3;
    receiver.answer = ({ body }) => ({ status: body.body === "b" && failures-- > 0 ? 500 : 200 });
    await hook(tenant, receiver.url, { events: ["message.created"], ordered: true });
    const [slow, free] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "bob"])];
    for (const body of ["a", "b", "c", "d"]) await say(tenant, slow, body);
    await say(tenant, free, "x");
    await receiver.got(8, 20_000);
    const of = (roomId: string) => receiver.calls.filter(({ body }) => body.roomId === roomId);
    expect(of(slow).map(({ body }) => body.body)).toEqual(["a", "b", "b", "b", "b", "c", "d"]);
    expect(of(free)).toHaveLength(1);
    const lastOfSlow = of(slow).at(-1)?.atMs ?? 0;
    expect(of(free)[0]?.atMs).toBeLessThan(lastOfSlow);
  });

  test("an endpoint that hangs holds up no other", async () => {
    const tenant = await stage.tenant();
    const [hanging, live] = [await Receiver.open(), await Receiver.open()];
    hanging.answer = () => "never";
    await hook(tenant, hanging.url);
    await hook(tenant, live.url);
    const roomId = await tenant.room(["ada", "bob"]);
    for (let n = 0; n < 30; n++) await say(tenant, roomId, `${n}`);
    await live.got(31, 5_000);
    expect(hanging.calls.length).toBeLessThanOrEqual(20);
  });

  test("no more calls are begun in a second than the endpoint has asked for", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    await hook(tenant, receiver.url, { events: ["message.created"], ratePerSecond: 10 });
    const roomId = await tenant.room(["ada", "bob"]);
    await Promise.all(Array.from({ length: 18 }, (_, n) => say(tenant, roomId, `${n}`)));
    const calls = await receiver.got(18);
    const times = calls.map(({ atMs }) => atMs);
    // Ten of a second before may come at once, and then one each 100 ms.
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(600);
  });
}

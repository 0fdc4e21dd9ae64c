import { expect, test } from "vitest";
import type { WebhookEndpoint } from "#shared/protocol/webhooks.ts";
import { eventually } from "./eventually.ts";
import { type Received, Receiver, verify } from "./receiver.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

const path = "/v1/webhooks/endpoints";

type Created = WebhookEndpoint & { readonly secret: string };

async function hook(tenant: Tenant, receiver: Receiver, settings: object): Promise<Created> {
  const { status, body, text } = await tenant.server.post<Created>(path, { url: receiver.url, ...settings });
  expect(status, text).toBe(201);
  return body;
}

/** As the message's own `createdAt` says when it was sent. */
async function say(tenant: Tenant, roomId: string, userId: string, body: string, more: object = {}) {
  const message = { body, ...more };
  const answer = await tenant
    .as(userId)
    .post<{ id: string; number: number; createdAt: string }>(`/v1/rooms/${roomId}/messages`, message);
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

/** How long after a time the server did what it was to do then. */
const afterMs = (call: Received | undefined, since: string) =>
  Date.parse(String(call?.body.at)) - Date.parse(since);

/** What follows from what happens in a room and from what does not. */
export function derivedEvents(stage: Stage): void {
  test.concurrent("who has not read is told of once, with what it missed, until it reads", async ({
    onTestFinished,
  }) => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open(onTestFinished);
    const events = ["message.unread"];
    const { secret } = await hook(tenant, receiver, { events, unreadAfterSeconds: 1 });
    const roomId = "order_1";
    const custom = { orderNumber: "A-17" };
    const members = ["ada", "bob", "cleo"].map((userId) => ({ userId }));
    await tenant.server.put(`/v1/rooms/${roomId}`, { type: "group", members, name: "Order", custom });
    const first = await say(tenant, roomId, "ada", "Are you there?", { custom: { step: 1 } });
    await say(tenant, roomId, "ada", "Hello?");
    await tenant.as("cleo").post(`/v1/rooms/${roomId}/read`, { number: 2 });
    const [call] = await receiver.got(1);
    if (call === undefined) return;
    verify(secret, call);
    expect(call.body).toMatchObject({
      type: "message.unread",
      tenantId: tenant.tenantId,
      roomId,
      room: { type: "group", name: "Order", custom },
      userId: "bob",
      unread: 2,
      messageId: first.id,
      number: 1,
      senderId: "ada",
      body: "Are you there?",
      custom: { step: 1 },
      createdAt: first.createdAt,
    });
    expect(call.body).not.toHaveProperty("seq");
    expect(afterMs(call, first.createdAt)).toBeGreaterThanOrEqual(1_000);
    expect(afterMs(call, first.createdAt)).toBeLessThan(4_000);
    // More that is not read is no news of bob; cleo had read.
    const third = await say(tenant, roomId, "ada", "Still nobody?");
    const [, ofCleo] = await receiver.got(2);
    expect(ofCleo?.body).toMatchObject({ userId: "cleo", unread: 1, messageId: third.id });
    // Once bob has read, the next is.
    await tenant.as("bob").post(`/v1/rooms/${roomId}/read`, { number: 3 });
    const fourth = await say(tenant, roomId, "ada", "Thank you!");
    const calls = await receiver.got(3);
    expect(calls[2]?.body).toMatchObject({ userId: "bob", unread: 1, messageId: fourth.id });
    expect(new Set(calls.map(({ headers }) => headers["webhook-id"])).size).toBe(3);
    const log = await tenant.server.get<{ items: { eventType: string; seq: number | null }[] }>(
      `/v1/webhooks/deliveries?roomId=${roomId}`,
    );
    expect(log.body.items).toMatchObject(calls.map(() => ({ eventType: "message.unread", seq: null })));
  });

  test.concurrent("reading, leaving, muting and closing cancel it, and what does not count begins nothing", async ({
    onTestFinished,
  }) => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open(onTestFinished);
    const events = ["message.unread"];
    await hook(tenant, receiver, { events, unreadAfterSeconds: 2, roomPattern: "r_*" });
    const members = ["ada", "bob"].map((userId) => ({ userId }));
    const rooms = ["r_read", "r_left", "r_muted", "r_closed", "r_silent", "other", "r_told"];
    for (const roomId of rooms) {
      await tenant.server.put(`/v1/rooms/${roomId}`, { type: "group", members });
    }
    await tenant.server.put("/v1/rooms/r_told/members/eve", { role: "observer" });
    await say(tenant, "r_silent", "ada", "psst", { silent: true });
    for (const roomId of rooms) if (roomId !== "r_silent") await say(tenant, roomId, "ada", "hello");
    await tenant.as("bob").post("/v1/rooms/r_read/read", { number: 1 });
    await tenant.server.delete("/v1/rooms/r_left/members/bob");
    const muted = await tenant.as("bob").put("/v1/rooms/r_muted/mute", {});
    expect(muted.status, muted.text).toBe(200);
    await tenant.server.patch("/v1/rooms/r_closed", { state: "closed" });
    await receiver.got(1);
    // What was cancelled was due before it, or is due with it.
    await say(tenant, "r_read", "bob", "the last");
    await receiver.got(2);
    expect(receiver.calls.map(({ body }) => [body.roomId, body.userId])).toEqual([
      ["r_told", "bob"],
      ["r_read", "ada"],
    ]);
  });

  test.concurrent("a room in which nothing is said is told of once, and again when it falls silent again", async ({
    onTestFinished,
  }) => {
    const tenant = await stage.tenant();
    const [receiver, all] = [await Receiver.open(onTestFinished), await Receiver.open(onTestFinished)];
    await hook(tenant, all, {});
    const { endpointId } = await hook(tenant, receiver, { events: ["room.idle"], idleAfterSeconds: 1 });
    const members = ["ada", "bob"].map((userId) => ({ userId }));
    const custom = { ride: 7 };
    const made = await tenant.server.put<{ createdAt: string }>("/v1/rooms/quiet", {
      type: "direct",
      members,
      custom,
    });
    const [empty] = await receiver.got(1);
    expect(empty?.body).toMatchObject({
      type: "room.idle",
      roomId: "quiet",
      room: { custom },
      lastMessage: null,
    });
    expect(empty?.body.idleSince).toBe(made.body.createdAt);
    await say(tenant, "quiet", "ada", "one");
    await new Promise((resolve) => setTimeout(resolve, 500));
    const last = await say(tenant, "quiet", "bob", "two");
    const [, again] = await receiver.got(2);
    expect(again?.body).toMatchObject({
      idleSince: last.createdAt,
      lastMessage: { id: last.id, body: "two" },
    });
    expect(afterMs(again, last.createdAt)).toBeGreaterThanOrEqual(1_000);
    expect(afterMs(again, last.createdAt)).toBeLessThan(4_000);
    // A closed room is not silent but over, and so is one of an endpoint that asks for it no more.
    await say(tenant, "quiet", "ada", "bye");
    await tenant.server.patch("/v1/rooms/quiet", { state: "closed" });
    await tenant.server.put("/v1/rooms/other", { type: "direct", members });
    await receiver.got(3);
    await tenant.server.patch(`${path}/${endpointId}`, { idleAfterSeconds: 3_600 });
    expect(receiver.calls.map(({ body }) => body.roomId)).toEqual(["quiet", "quiet", "other"]);
    // Who names no events is told what happened, and nothing that follows from it.
    await all.got(6);
    expect(all.calls.map(({ body }) => body.type)).not.toContain("room.idle");
  });

  test.concurrent("a member's first answer is told with the time that it took, once for each member", async ({
    onTestFinished,
  }) => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open(onTestFinished);
    await hook(tenant, receiver, { events: ["member.first_reply"] });
    const roomId = await tenant.room(["ada", "bob"], "group");
    const asked = await say(tenant, roomId, "ada", "Is anybody there?");
    await say(tenant, roomId, "ada", "Hello?");
    const answer = await say(tenant, roomId, "bob", "Yes");
    const [call] = await receiver.got(1);
    const responseMs = Date.parse(answer.createdAt) - Date.parse(asked.createdAt);
    expect(call?.body).toMatchObject({
      type: "member.first_reply",
      roomId,
      messageId: answer.id,
      senderId: "bob",
      body: "Yes",
      answered: { messageId: asked.id, number: 1, senderId: "ada", createdAt: asked.createdAt },
      responseMs,
    });
    await say(tenant, roomId, "bob", "What is it?");
    await say(tenant, roomId, "ada", "Where is my parcel?");
    await say(tenant, roomId, "bob", "On its way");
    await tenant.server.put(`/v1/rooms/${roomId}/members/cleo`, {});
    await say(tenant, roomId, "cleo", "I take over");
    await say(tenant, roomId, "ada", "Thank you");
    await say(tenant, roomId, "cleo", "You are welcome");
    await eventually(() => expect(receiver.calls).toHaveLength(3));
    expect(receiver.calls.map(({ body }) => [body.senderId, body.body])).toEqual([
      ["bob", "Yes"],
      ["ada", "Where is my parcel?"],
      ["cleo", "I take over"],
    ]);
  });
}

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

/** A second or two where the machine has time. */
const onTimeMsMax = 10_000;

/** What follows from what happens in a room and from what does not. */
export function derivedEvents(stage: Stage): void {
  test.concurrent("who has not read is told of once, with what it missed, until it reads", async ({
    onTestFinished,
  }) => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open(onTestFinished);
    const roomId = "order_1";
    const custom = { orderNumber: "A-17" };
    const members = ["ada", "bob", "cleo"].map((userId) => ({ userId }));
    await tenant.server.put(`/v1/rooms/${roomId}`, { type: "group", members, name: "Order", custom });
    const first = await say(tenant, roomId, "ada", "Are you there?", { custom: { step: 1 } });
    await say(tenant, roomId, "ada", "Hello?");
    await tenant.as("cleo").post(`/v1/rooms/${roomId}/read`, { number: 2 });
    const events = ["message.unread"];
    const { secret } = await hook(tenant, receiver, { events, unreadAfterSeconds: 1 });
    const third = await say(tenant, roomId, "ada", "Nobody?");
    const both = [...(await receiver.got(2))].sort((a, b) =>
      String(a.body.userId) < String(b.body.userId) ? -1 : 1,
    );
    const [ofBob, ofCleo] = both;
    if (ofBob === undefined) return;
    verify(secret, ofBob);
    expect(ofBob.body).toMatchObject({
      type: "message.unread",
      tenantId: tenant.tenantId,
      roomId,
      room: { type: "group", name: "Order", custom },
      userId: "bob",
      unread: 3,
      messageId: first.id,
      number: 1,
      senderId: "ada",
      body: "Are you there?",
      custom: { step: 1 },
      createdAt: first.createdAt,
    });
    expect(ofBob.body).not.toHaveProperty("seq");
    expect(ofCleo?.body).toMatchObject({ userId: "cleo", unread: 1, messageId: third.id });
    for (const call of both) {
      expect(afterMs(call, third.createdAt)).toBeGreaterThanOrEqual(1_000);
      expect(afterMs(call, third.createdAt)).toBeLessThan(onTimeMsMax);
    }
    // More that is not read is no news of them. Once bob has read, the next is.
    await say(tenant, roomId, "ada", "Still nobody?");
    await tenant.as("bob").post(`/v1/rooms/${roomId}/read`, { number: 4 });
    const fifth = await say(tenant, roomId, "ada", "Thank you!");
    const calls = await receiver.got(3);
    expect(calls[2]?.body).toMatchObject({ userId: "bob", unread: 1, messageId: fifth.id });
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
    const members = ["ada", "bob"].map((userId) => ({ userId }));
    const cancelled = ["r_read", "r_left", "r_muted", "r_closed", "r_silent", "other"];
    for (const roomId of [...cancelled, "r_told"]) {
      await tenant.server.put(`/v1/rooms/${roomId}`, { type: "group", members });
    }
    await tenant.server.put("/v1/rooms/r_told/members/eve", { role: "observer" });
    const settings = { unreadAfterSeconds: 6, roomPattern: "r_*" };
    await hook(tenant, receiver, { events: ["message.unread"], ...settings });
    await Promise.all(
      cancelled.map((roomId) => say(tenant, roomId, "ada", "hello", { silent: roomId === "r_silent" })),
    );
    const done = await Promise.all([
      tenant.as("bob").post("/v1/rooms/r_read/read", { number: 1 }),
      tenant.server.delete("/v1/rooms/r_left/members/bob"),
      tenant.as("bob").put("/v1/rooms/r_muted/mute", {}),
      tenant.server.patch("/v1/rooms/r_closed", { state: "closed" }),
    ]);
    for (const { status, text } of done) expect(status, text).toBeLessThan(300);
    // What was cancelled would have been due before it.
    await say(tenant, "r_told", "ada", "hello");
    await receiver.got(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(receiver.calls.map(({ body }) => [body.roomId, body.userId])).toEqual([["r_told", "bob"]]);
  });

  test.concurrent("a room in which nothing is said is told of once for each silence, and not once it is closed", async ({
    onTestFinished,
  }) => {
    const tenant = await stage.tenant();
    const [receiver, all, slow] = [
      await Receiver.open(onTestFinished),
      await Receiver.open(onTestFinished),
      await Receiver.open(onTestFinished),
    ];
    const members = ["ada", "bob"].map((userId) => ({ userId }));
    await hook(tenant, all, {});
    await hook(tenant, slow, { events: ["room.idle"], idleAfterSeconds: 5, roomPattern: "slow_*" });
    await hook(tenant, receiver, { events: ["room.idle"], idleAfterSeconds: 1, roomPattern: "quiet" });
    for (const roomId of ["slow_over", "slow_still"]) {
      await tenant.server.put(`/v1/rooms/${roomId}`, { type: "direct", members });
    }
    await tenant.server.patch("/v1/rooms/slow_over", { state: "closed" });
    const custom = { ride: 7 };
    const { body: made } = await tenant.server.put<{ createdAt: string }>("/v1/rooms/quiet", {
      type: "direct",
      members,
      custom,
    });
    const [empty] = await receiver.got(1);
    expect(empty?.body).toMatchObject({ type: "room.idle", room: { custom }, lastMessage: null });
    const one = await say(tenant, "quiet", "ada", "one");
    const two = await say(tenant, "quiet", "bob", "two");
    await eventually(() => {
      expect(receiver.calls.at(-1)?.body).toMatchObject({ lastMessage: { id: two.id, body: "two" } });
    });
    // Where the machine took its time there was a silence between the two.
    const since = receiver.calls.map(({ body }) => String(body.idleSince));
    expect(since.filter((each) => each !== one.createdAt)).toEqual([made.createdAt, two.createdAt]);
    for (const call of receiver.calls) {
      expect(afterMs(call, String(call.body.idleSince))).toBeGreaterThanOrEqual(1_000);
      expect(afterMs(call, String(call.body.idleSince))).toBeLessThan(onTimeMsMax);
    }
    await slow.got(1);
    expect(slow.calls.map(({ body }) => body.roomId)).toEqual(["slow_still"]);
    expect(receiver.calls).toHaveLength(since.length);
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

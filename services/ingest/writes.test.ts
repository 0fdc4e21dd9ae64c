import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Command } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import type { Outcome } from "#shared/protocol/records.ts";
import { startTestNode, type TestNode } from "./testing/node.ts";
import { storeRoom } from "./testing/stored-room.ts";

let node: TestNode;
let server: { "x-api-key": string };
let client: { authorization: string };
beforeAll(async () => {
  node = await startTestNode();
  server = await node.server("acme");
  client = await node.client(server, "user_42");
  const members = { user_42: "member", owner: "owner", reader: "readonly" } as const;
  await storeRoom(node.store, { tenantId: "acme", roomId: "order_1", members });
  await storeRoom(node.store, { tenantId: "acme", roomId: "frozen", members, state: "frozen" });
  await storeRoom(node.store, { tenantId: "acme", roomId: "gone", members, deleted: true });
  await storeRoom(node.store, { tenantId: "brand", roomId: "theirs", members });
});
afterAll(() => node.stop());
beforeEach(() => {
  node.fanout.commands.length = 0;
  node.fanout.decide = () => null;
});

const decide = (outcome: Outcome) => {
  node.fanout.decide = () => outcome;
};
const last = (): Command => node.fanout.commands.at(-1) as Command;
const rooms = "/v1/rooms";
const pair = [{ userId: "a" }, { userId: "b" }];

test.each([
  ["created", 201],
  ["existing", 200],
] as const)(
  "a room that fanout says is %s is %i, with the resource that fanout gave",
  async (result, status) => {
    decide({ result, resource: { roomId: "new" } });
    const body = { type: "direct", members: [{ userId: "a", role: "owner" }, { userId: "b" }], name: "Trip" };
    expect(await node.call("PUT", `${rooms}/new`, server, body)).toMatchObject({
      status,
      body: { roomId: "new" },
    });
    const command = last();
    expect(command).toMatchObject({
      v: 1,
      type: "room.put",
      tenantId: "acme",
      roomId: "new",
      actor: { kind: "server", userId: null },
      roomType: "direct",
      members: [{ userId: "a", role: "owner" }, { userId: "b" }],
      name: "Trip",
      replyTo: { inbox: expect.stringMatching(/^ingest-/) },
    });
    expect(command).not.toHaveProperty("custom");
  },
);

test("a write that is not applied in time is 202, and what comes later troubles nobody", async () => {
  const start = performance.now();
  expect(await node.call("PUT", `${rooms}/slow`, server, { type: "group", members: pair })).toMatchObject({
    status: 202,
    body: { accepted: true },
  });
  expect(performance.now() - start).toBeGreaterThanOrEqual(limits.appliedWaitMsMax);
  const sent = await node.call("POST", `${rooms}/order_1/messages`, client, { body: "hi", clientId: "c" });
  const messageId = messageIdFor({ tenantId: "acme", roomId: "order_1", senderId: "user_42", clientId: "c" });
  expect(sent).toMatchObject({ status: 202, body: { messageId, clientId: "c" } });
});

test("a refusal by the room's owner is the answer", async () => {
  decide({ result: "refused", code: "room_conflict", message: "This room exists and is of type group." });
  const body = { type: "direct", members: pair };
  expect(await node.call("PUT", `${rooms}/order_1`, server, body)).toMatchObject({
    status: 409,
    body: {
      error: { code: "room_conflict", message: "This room exists and is of type group.", retryable: false },
    },
  });
});

test.each([
  [{ type: "direct", members: [{ userId: "a" }] }, "/members"],
  [{ type: "direct", members: [...pair, { userId: "c" }] }, "/members"],
  [{ type: "direct", members: [{ userId: "a" }, { userId: "a" }] }, "/members/1/userId"],
  [{ type: "group", members: [...pair, { userId: "a", role: "owner" }] }, "/members/2/userId"],
  [{ type: "group", members: [] }, "/members"],
  [{ type: "group", members: pair, closeAt: "2027-02-29T00:00:00.000Z" }, "/closeAt"],
  [{ type: "group", members: pair, custom: { a: "x".repeat(limits.customBytesMax) } }, "/custom"],
  [{ type: "trio", members: pair }, "/type"],
])("the room %j is refused before it is appended", async (body, path) => {
  const { status, body: answer } = await node.call("PUT", `${rooms}/new`, server, body);
  expect(status).toBe(400);
  expect(answer.error.details.map((detail: { path: string }) => detail.path)).toContain(path);
  expect(node.fanout.commands).toEqual([]);
});

test("a client makes no rooms", async () => {
  const { status } = await node.call("PUT", `${rooms}/new`, client, { type: "group", members: pair });
  expect(status).toBe(403);
});

test("what a room becomes is asked of its owner with all that was given", async () => {
  decide({ result: "applied", resource: { roomId: "order_1" } });
  const patch = { name: null, state: "closed", closeAt: "2027-01-01T00:00:00.000Z" };
  expect((await node.call("PATCH", `${rooms}/order_1`, client, patch)).status).toBe(200);
  expect(last()).toMatchObject({
    type: "room.patch",
    actor: { kind: "client", userId: "user_42" },
    ...patch,
  });
  expect((await node.call("PATCH", `${rooms}/order_1`, server, {})).status).toBe(400);

  expect(await node.call("DELETE", `${rooms}/order_1`, server)).toMatchObject({ status: 204, body: null });
  expect(last()).toMatchObject({ type: "room.delete", roomId: "order_1" });
});

test("members and markers are written for whom the path and the caller say", async () => {
  decide({ result: "created", resource: {} });
  expect((await node.call("PUT", `${rooms}/order_1/members/new`, server)).status).toBe(201);
  expect(last()).toMatchObject({ type: "member.put", userId: "new" });
  expect(last()).not.toHaveProperty("role");
  decide({ result: "applied", resource: {} });
  expect((await node.call("PUT", `${rooms}/order_1/members/new`, server, { role: "owner" })).status).toBe(
    200,
  );
  expect((await node.call("DELETE", `${rooms}/order_1/members/user_42`, client)).status).toBe(204);
  expect(last()).toMatchObject({ type: "member.remove", userId: "user_42" });

  expect((await node.call("POST", `${rooms}/order_1/read`, client, { number: 7 })).status).toBe(200);
  expect(last()).toMatchObject({ type: "room.read", userId: "user_42", number: 7 });
  const acting = { ...server, "x-user-id": "reader" };
  expect((await node.call("POST", `${rooms}/order_1/read`, acting, { number: 7 })).status).toBe(200);
  expect(last()).toMatchObject({ type: "room.read", userId: "reader" });
  expect((await node.call("POST", `${rooms}/order_1/read`, server, { number: 7 })).body.error.code).toBe(
    "acting_user_required",
  );
});

test.each([
  ["POST", "order_1/read", { number: 1 }],
  ["PATCH", "order_1", { name: "x" }],
  ["DELETE", "order_1/members/user_42", undefined],
])("%s %s by one who is not in the room is not_a_member", async (method, path, body) => {
  const stranger = await node.client(server, "stranger");
  expect(await node.call(method, `${rooms}/${path}`, stranger, body)).toMatchObject({
    status: 403,
    body: { error: { code: "not_a_member" } },
  });
  expect(node.fanout.commands).toEqual([]);
});

test.each(["nowhere", "theirs", "gone"])("the room %s is not found, whoever asks", async (room) => {
  for (const caller of [client, server, { ...server, "x-user-id": "user_42" }]) {
    for (const [method, path, body] of [
      ["PATCH", room, { name: "x" }],
      ["DELETE", `${room}/members/user_42`, undefined],
    ] as const) {
      const answer = await node.call(method, `${rooms}/${path}`, caller, body);
      expect(answer, `${method} ${path}`).toMatchObject({
        status: 404,
        body: { error: { code: "room_not_found" } },
      });
    }
  }
  expect(node.fanout.commands).toEqual([]);
});

test("a user in as many open rooms as one may be is let into no other", async () => {
  for (let i = 0; i < limits.userOpenRoomsMax; i++) {
    await storeRoom(node.store, { tenantId: "acme", roomId: `many_${i}`, members: { busy: "member" } });
  }
  const body = { type: "group", members: [{ userId: "busy" }] };
  expect((await node.call("PUT", `${rooms}/one_more`, server, body)).body.error.code).toBe("too_many_rooms");
  expect((await node.call("PUT", `${rooms}/order_1/members/busy`, server)).body.error.code).toBe(
    "too_many_rooms",
  );
  decide({ result: "existing", resource: {} });
  expect((await node.call("PUT", `${rooms}/many_1`, server, body)).status).toBe(200);
});

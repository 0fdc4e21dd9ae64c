import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createHttpIntentSink, intentsPath } from "#shared/intents/http.ts";
import { IngestNodes } from "#shared/intents/ingest-nodes.ts";
import { limits } from "#shared/limits.ts";
import type { Command } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import type { Intent, IntentResult } from "#shared/protocol/intents.ts";
import { parseJson } from "#shared/protocol/json.ts";
import type { MessagePost } from "#shared/protocol/requests.ts";
import { internalKey, startTestNode, type TestNode } from "./testing/node.ts";
import { storeRoom } from "./testing/stored-room.ts";

let node: TestNode;
const key = { "x-internal-key": internalKey };
const sentBefore = messageIdFor({
  tenantId: "acme",
  roomId: "closed",
  senderId: "user_42",
  clientId: "before",
});

beforeAll(async () => {
  node = await startTestNode();
  const members = { user_42: "member", other: "owner", reader: "readonly", watcher: "observer" } as const;
  const room = { tenantId: "acme", members };
  await storeRoom(node.store, { ...room, roomId: "open" });
  await storeRoom(node.store, { ...room, roomId: "frozen", state: "frozen" });
  const messages = [{ id: sentBefore, senderId: "user_42", clientId: "before" }];
  await storeRoom(node.store, { ...room, roomId: "closed", state: "closed", messages });
  await storeRoom(node.store, { ...room, roomId: "gone", deleted: true });
});
afterAll(() => node.stop());
beforeEach(() => {
  node.fanout.commands.length = 0;
});

const send = (
  roomId: string,
  clientId: string,
  options: { userId?: string; vouched?: boolean; content?: Omit<MessagePost, "clientId"> } = {},
): Intent => {
  const { userId = "user_42", vouched = false, content = { body: "hi" } } = options;
  return { tenantId: "acme", userId, vouched, frame: { type: "message.send", roomId, clientId, ...content } };
};
const read = (roomId: string, number: number, userId = "user_42"): Intent => ({
  tenantId: "acme",
  userId,
  vouched: false,
  frame: { type: "room.read", roomId, number },
});
const submit = async (intent: Intent): Promise<string> => {
  const [result] = (await node.intents.submit([intent])) as [IntentResult];
  return result.ok ? "ok" : result.code;
};
const commandsRead = async (count: number): Promise<Command[]> => {
  await expect.poll(() => node.fanout.commands.length).toBe(count);
  return node.fanout.commands;
};

test("a message is ok with its id once it is durable, and asks for no reply", async () => {
  const intent = send("open", "c-1", { content: { body: "hi", custom: { a: 1 } } });
  const messageId = messageIdFor({ tenantId: "acme", roomId: "open", senderId: "user_42", clientId: "c-1" });
  expect(await node.intents.submit([intent])).toEqual([{ ok: true, messageId }]);
  const [command] = await commandsRead(1);
  expect(command).toMatchObject({
    type: "message.create",
    actor: { kind: "client", userId: "user_42" },
    messageId,
    clientId: "c-1",
    body: "hi",
    custom: { a: 1 },
  });
  expect(command).not.toHaveProperty("replyTo");
});

test("a marker is written for the user who moved it", async () => {
  expect(await submit(read("open", 7, "reader"))).toBe("ok");
  expect(await commandsRead(1)).toMatchObject([{ type: "room.read", userId: "reader", number: 7 }]);
});

test("a room's intents keep the order in which they were given, however they came", async () => {
  const ids = Array.from({ length: 200 }, (_, i) => String(i));
  await Promise.all(ids.map((id) => node.intents.submit([send("open", id)])));
  const commands = await commandsRead(200);
  expect(commands.map((command) => (command as { clientId: string }).clientId)).toEqual(ids);
});

test.each([
  ["nowhere", "user_42", "room_not_found"],
  ["gone", "user_42", "room_not_found"],
  ["open", "stranger", "not_a_member"],
  ["open", "reader", "read_only"],
  ["open", "watcher", "read_only"],
  ["frozen", "user_42", "room_frozen"],
  ["closed", "user_42", "room_closed"],
])("in the room %s the message of %s is %s", async (roomId, userId, code) => {
  expect(await submit(send(roomId, "c", { userId }))).toBe(code);
  expect(node.fanout.commands).toEqual([]);
});

test("what was sent before the room closed goes to its owner again, who knows the original", async () => {
  expect(await submit(send("closed", "before"))).toBe("ok");
  expect(await submit(send("closed", "after"))).toBe("room_closed");
});

test("who was let into a room a moment ago may send", async () => {
  expect(await submit(send("growing", "1"))).toBe("room_not_found");
  await storeRoom(node.store, { tenantId: "acme", roomId: "growing", members: { user_42: "readonly" } });
  expect(await submit(send("growing", "2"))).toBe("read_only");
  await storeRoom(node.store, { tenantId: "acme", roomId: "growing", members: { user_42: "member" } });
  expect(await submit(send("growing", "3"))).toBe("ok");
});

test("what a gateway vouches for is left to the room's owner", async () => {
  expect(await submit(send("nowhere", "c", { vouched: true }))).toBe("ok");
});

test("content is checked, whoever vouches", async () => {
  const cases: [Omit<MessagePost, "clientId">, string][] = [
    [{ body: "" }, "invalid_request"],
    [{ body: "a", custom: { a: "x".repeat(limits.customBytesMax) } }, "invalid_request"],
    [{ body: "a", kind: "system" }, "forbidden"],
  ];
  for (const [content, code] of cases) {
    expect(await submit(send("open", "c", { vouched: true, content }))).toBe(code);
  }
});

test("one bad intent is refused alone; the others of its batch are taken, in order", async () => {
  const batch = [
    send("open", "1"),
    send("nowhere", "2"),
    send("frozen", "3"),
    send("open", "4"),
    { what: 1 },
  ];
  const { status, body } = await node.call("POST", intentsPath, key, batch);
  expect(status).toBe(200);
  expect(body.map((result: IntentResult) => (result.ok ? "ok" : result.code))).toEqual([
    "ok",
    "room_not_found",
    "room_frozen",
    "ok",
    "invalid_request",
  ]);
  expect((await commandsRead(2)).map((command) => (command as { clientId: string }).clientId)).toEqual([
    "1",
    "4",
  ]);
});

test("a frame as deep as a gateway takes it is taken, with the rest of its batch", async () => {
  // The frame and its custom are two levels of their own.
  const deepest = limits.jsonDepthMax - 2;
  const custom = { a: JSON.parse("[".repeat(deepest) + "]".repeat(deepest)) };
  const batch = [
    send("open", "1"),
    send("open", "2", { content: { body: "hi", custom } }),
    send("open", "3"),
  ];
  expect(() => parseJson(JSON.stringify(batch[1]?.frame))).not.toThrow();
  const { status, body } = await node.call("POST", intentsPath, key, batch);
  expect(status).toBe(200);
  expect(body).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
  expect((await commandsRead(3))[1]).toMatchObject({ clientId: "2", custom });
});

test("whatever is wrong with an intent, the others of its batch are taken", async () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const { frame, ...rest } = send("open", "1");
  const good = JSON.stringify({ ...rest, frame });
  const tooDeep = good.replace('"body":"hi"', `"body":"hi","custom":{"a":${deep}}`);
  const unknown = good.replace('"body":"hi"', '"bodi":"hi"');
  const items = [good, tooDeep, "null", deep, unknown, JSON.stringify(rest), good];
  const response = await fetch(node.url + intentsPath, {
    method: "POST",
    headers: key,
    body: `[${items.join(",")}]`,
  });
  const results = (await response.json()) as IntentResult[];
  expect(results.map(({ ok }) => ok)).toEqual([true, false, false, false, false, false, true]);
  await commandsRead(2);
});

test("only who has the gateways' key is heard, before the batch is read", async () => {
  for (const headers of [
    {},
    { "x-internal-key": "wrong" },
    { "x-internal-key": "" },
    { "x-api-key": internalKey },
  ]) {
    const { status, body } = await node.call("POST", intentsPath, headers as Record<string, string>, [
      send("open", "c"),
    ]);
    expect([status, body.error.code]).toEqual([401, "unauthenticated"]);
  }
});

test("a batch is an array within bounds", async () => {
  const large = Array.from({ length: limits.commandBatchMax + 1 }, () => 0);
  for (const batch of [{}, large]) {
    expect((await node.call("POST", intentsPath, key, batch)).body.error.code).toBe("invalid_request");
  }
  const cutOff = await fetch(node.url + intentsPath, { method: "POST", headers: key, body: "[{" });
  expect([cutOff.status, await cutOff.json()]).toMatchObject([400, { error: { code: "invalid_json" } }]);
  const huge = ["x".repeat(limits.commandBatchBytesMax)];
  expect((await node.call("POST", intentsPath, key, huge)).status).toBe(413);
  expect((await node.call("POST", intentsPath, key, [])).body).toEqual([]);
});

test("the gateways' way over HTTP ends in the same place", async () => {
  const sink = createHttpIntentSink({ nodes: new IngestNodes([node.url]), internalKey });
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      sink.submit([send("open", String(i)), send("open", "x", { userId: "stranger" })]),
    ),
  );
  for (const [sent, refused] of results) {
    expect(sent).toMatchObject({ ok: true });
    expect(refused).toMatchObject({ ok: false, code: "not_a_member" });
  }
  const wrong = createHttpIntentSink({ nodes: new IngestNodes([node.url]), internalKey: "wrong" });
  expect(await wrong.submit([send("open", "c")])).toMatchObject([{ ok: false, code: "unauthenticated" }]);
});

test("a user who sends too much is refused alone", async () => {
  const limited = await startTestNode({ rateUserSends: 2 });
  try {
    const batch = [1, 2, 3].map((n) => send("open", String(n), { vouched: true }));
    batch.push(send("open", "4", { vouched: true, userId: "other" }));
    const results = await limited.intents.submit(batch);
    expect(results.map((result) => (result.ok ? "ok" : result.code))).toEqual([
      "ok",
      "ok",
      "rate_limited",
      "ok",
    ]);
  } finally {
    await limited.stop();
  }
});

test("a tenant that asks too much is refused, and no other", async () => {
  const limited = await startTestNode({ rateTenantRequests: 2 });
  try {
    const batch = [1, 2, 3].map((n) => send("open", String(n), { vouched: true }));
    const others = { ...send("open", "c", { vouched: true }), tenantId: "brand" };
    const results = await limited.intents.submit([...batch, others]);
    expect(results.map((result) => (result.ok ? "ok" : result.code))).toEqual([
      "ok",
      "ok",
      "rate_limited",
      "ok",
    ]);
  } finally {
    await limited.stop();
  }
});

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { AppError } from "#shared/errors/app-error.ts";
import { errorCatalogue } from "#shared/errors/catalogue.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { CreateMessage } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import { startTestNode, type TestNode } from "./testing/node.ts";

let node: TestNode;
let server: { "x-api-key": string };
let client: { authorization: string };

beforeAll(async () => {
  node = await startTestNode();
  server = await node.server("acme");
  client = await node.client(server, "user_42");
});
afterAll(() => node.stop());
beforeEach(() => {
  node.fanout.commands.length = 0;
  node.fanout.decide = () => ({ result: "created", resource: { id: "x" } });
});

const send = (headers: Record<string, string>, body: unknown, roomId = "open") =>
  node.call("POST", `/v1/rooms/${roomId}/messages`, headers, body);
const last = () => node.fanout.commands.at(-1) as CreateMessage;
const codeOf = async (answer: ReturnType<typeof send>) => (await answer).body.error?.code;

test("a client sends as itself; the id follows from who, where and clientId", async () => {
  const content = {
    clientId: "c-1",
    body: "Driver is 2 min away",
    mentions: ["reader"],
    custom: { eta: 2 },
    silent: true,
  };
  expect(await send(client, content)).toMatchObject({ status: 201, body: { id: "x" } });
  expect(last()).toMatchObject({
    type: "message.create",
    actor: { kind: "client", userId: "user_42" },
    messageId: messageIdFor({ tenantId: "acme", roomId: "open", senderId: "user_42", clientId: "c-1" }),
    kind: "text",
    attachments: [],
    replyToId: null,
    ...content,
  });
});

test("a repeat is 200 with the original", async () => {
  node.fanout.decide = () => ({ result: "existing", resource: { id: "original" } });
  expect(await send(client, { body: "hi", clientId: "c-2" })).toMatchObject({
    status: 200,
    body: { id: "original" },
  });
});

test("two sends without a clientId are two messages", async () => {
  await send(client, { body: "hi" });
  const first = last().messageId;
  await send(client, { body: "hi" });
  expect(last().messageId).not.toBe(first);
  expect(last().clientId).toBeNull();
});

test("a server says for whom it writes, but for what the system says", async () => {
  expect(await codeOf(send(server, { body: "hi" }))).toBe("acting_user_required");
  expect(await codeOf(send(server, { kind: "custom", custom: { a: 1 } }))).toBe("acting_user_required");
  expect((await send(server, { kind: "system", body: "Driver found" })).status).toBe(201);
  expect(last()).toMatchObject({ kind: "system", actor: { kind: "server", userId: null } });
  expect((await send({ ...server, "x-user-id": "user_42" }, { body: "hi" })).status).toBe(201);
  expect(last().actor).toEqual({ kind: "server", userId: "user_42" });
});

test("a client does not speak as the system", async () => {
  expect(await codeOf(send(client, { kind: "system", body: "hi" }))).toBe("forbidden");
});

test.each(["not_a_member", "room_not_found", "read_only", "room_closed", "room_frozen"] as const)(
  "%s by the room's owner is the answer",
  async (code) => {
    node.fanout.decide = () => ({ result: "refused", code, message: "No." });
    const { status, body } = await send(client, { body: "hi" });
    expect(body.error).toMatchObject({ code, message: "No." });
    expect(status).toBe(errorCatalogue[code].status);
  },
);

test("an original that cannot be read at this moment is named, not invented", async () => {
  node.fanout.decide = () => ({ result: "existing", resource: null });
  expect(await send(client, { body: "hi", clientId: "c-3" })).toMatchObject({
    status: 202,
    body: { messageId: last().messageId, clientId: "c-3" },
  });
});

test("a send that the log did not take is 503 and may be repeated", async () => {
  let failing = false;
  const wrapLog = (log: EventLog): EventLog => ({
    ...log,
    append: async (records) => {
      if (failing) throw new AppError("log_unavailable");
      return log.append(records);
    },
  });
  const failed = await startTestNode({ wrapLog });
  try {
    const key = await failed.server("acme");
    failing = true;
    const answer = await failed.call(
      "POST",
      "/v1/rooms/open/messages",
      { ...key, "x-user-id": "u" },
      { body: "hi", clientId: "c" },
    );
    expect(answer).toMatchObject({
      status: 503,
      body: { error: { code: "log_unavailable", retryable: true } },
    });
    expect(answer.headers.get("retry-after")).toBe("1");
  } finally {
    await failed.stop();
  }
});

test("a client that sends too much is told when to come back; its customer's server is not held up", async () => {
  const limited = await startTestNode({ rateUserSends: 3 });
  try {
    limited.fanout.decide = () => ({ result: "created", resource: { id: "x" } });
    const key = await limited.server("acme");
    const caller = await limited.client(key, "u");
    const path = "/v1/rooms/open/messages";
    const statuses = [];
    for (let i = 0; i < 4; i++)
      statuses.push((await limited.call("POST", path, caller, { body: "hi" })).status);
    expect(statuses).toEqual([201, 201, 201, 429]);
    const refused = await limited.call("POST", path, caller, { body: "hi" });
    expect(refused.body.error).toMatchObject({ code: "rate_limited", retryable: true });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get("ratelimit-limit")).toBe("3");
    expect((await limited.call("POST", path, { ...key, "x-user-id": "u" }, { body: "hi" })).status).toBe(201);
    expect((await limited.call("POST", path, await limited.client(key, "v"), { body: "hi" })).status).toBe(
      201,
    );
  } finally {
    await limited.stop();
  }
});

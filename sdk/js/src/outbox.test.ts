import { expect, test } from "vitest";
import { SendsarError } from "./errors.ts";
import { Harness, outcomeOf } from "./testing/harness.ts";
import { settled } from "./testing/manual-clock.ts";
import { message, room, type ScriptedSocket } from "./testing/scripted-server.ts";

const id = (name: string) => `msg_${name.padStart(22, "0")}`;
const rooms = [room()];

function answer(socket: ScriptedSocket, at: number, messageId: string): void {
  const ref = socket.of("message.send")[at]?.ref;
  socket.say({ type: "ok", ref, messageId });
}

function refuse(
  socket: ScriptedSocket,
  at: number,
  error: { code: string; retryable: boolean; retryAfterMs?: number },
): void {
  const ref = socket.of("message.send")[at]?.ref;
  socket.say({ type: "error", ref, error: { message: "no", requestId: "req_1", ...error } });
}

test("a send whose answer is lost is repeated with the same clientId, and its promise resolves once", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms });
  const sent = harness.client.send("trip", { body: "hello" });
  const outcome = outcomeOf(sent);
  const clientId = first.of("message.send")[0]?.clientId;
  expect(clientId).toMatch(/^[0-9a-f]{32}$/);

  first.shut(1006);
  await settled();
  expect(outcome.settled()).toBe(false);

  const second = await harness.reconnect({ rooms });
  expect(second.of("message.send")).toMatchObject([{ roomId: "trip", clientId, body: "hello" }]);
  answer(second, 0, id("a"));
  expect(await sent).toEqual({ messageId: id("a"), clientId });
  answer(second, 0, id("b"));
  await settled();
  expect(outcome.value()).toEqual({ messageId: id("a"), clientId });
  expect(harness.client.unsent).toBe(0);
});

test("the order within a room is kept across reconnects, and rooms do not wait for each other", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms });
  for (const body of ["1", "2", "3"]) void harness.client.send("trip", { body });
  void harness.client.send("other", { body: "elsewhere" });
  expect(first.of("message.send").map(({ body }) => body)).toEqual(["1", "elsewhere"]);
  answer(first, 0, id("1"));
  await settled();
  expect(first.of("message.send").map(({ body }) => body)).toEqual(["1", "elsewhere", "2"]);

  first.shut(4000, "draining");
  const second = await harness.reconnect({ rooms });
  expect(second.of("message.send").map(({ body }) => body)).toEqual(["2", "elsewhere"]);
  answer(second, 0, id("2"));
  await settled();
  expect(second.of("message.send").map(({ body }) => body)).toEqual(["2", "elsewhere", "3"]);
});

test("what is sent while there is no connection waits for one", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms });
  first.shut(1006);
  const sent = harness.client.send("trip", { body: "from the tunnel", clientId: "mine" });
  const second = await harness.reconnect({ rooms });
  answer(second, 0, id("a"));
  expect(await sent).toEqual({ messageId: id("a"), clientId: "mine" });
});

test("a retryable refusal is repeated after a pause, with what comes later still behind it", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms });
  const sent = harness.client.send("trip", { body: "1", clientId: "one" });
  void harness.client.send("trip", { body: "2" });
  refuse(socket, 0, { code: "overloaded", retryable: true });
  await settled();
  expect(socket.of("message.send")).toHaveLength(1);
  await harness.clock.advance(1_000);
  refuse(socket, 1, { code: "rate_limited", retryable: true, retryAfterMs: 5_000 });
  await harness.clock.advance(4_999);
  expect(socket.of("message.send").map(({ clientId }) => clientId)).toEqual(["one", "one"]);
  await harness.clock.advance(1_100);
  answer(socket, 2, id("1"));
  expect(await sent).toEqual({ messageId: id("1"), clientId: "one" });
  expect(socket.of("message.send").map(({ body }) => body)).toEqual(["1", "1", "1", "2"]);
});

test("a final refusal rejects that send alone, with the server's error", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms });
  const refused = harness.client.send("trip", { body: "1" });
  const taken = harness.client.send("trip", { body: "2" });
  refuse(socket, 0, { code: "room_closed", retryable: false });
  await expect(refused).rejects.toMatchObject({
    name: "SendsarError",
    code: "room_closed",
    retryable: false,
    requestId: "req_1",
    details: [],
  });
  answer(socket, 1, id("2"));
  expect((await taken).messageId).toBe(id("2"));
});

test("an answer that never comes is taken for lost, and the send is repeated on the same connection", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms });
  const sent = harness.client.send("trip", { body: "1" });
  await harness.clock.advance(15_000);
  socket.say({ type: "pong" });
  await harness.clock.advance(1_000);
  expect(socket.of("message.send")).toHaveLength(2);
  answer(socket, 1, id("1"));
  expect((await sent).messageId).toBe(id("1"));
});

test("the user's own message in a resume answers the send whose answer was lost", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms });
  const sent = harness.client.send("trip", { body: "hello", clientId: "mine" });
  first.shut(1006);
  const second = await harness.reconnect({ rooms: [room({ seq: 1 })] });
  second.say(message(1, { senderId: "rider", clientId: "mine", messageId: id("a") }));
  expect(await sent).toEqual({ messageId: id("a"), clientId: "mine" });
  answer(second, 0, id("a"));
  await settled();
  expect(second.of("message.send")).toHaveLength(1);
});

test("a refusal that comes as an event reaches the send whose answer was lost", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms });
  const sent = harness.client.send("trip", { body: "hello", clientId: "mine" });
  const refused = expect(sent).rejects.toMatchObject({ code: "not_a_member" });
  first.shut(1006);
  const second = await harness.reconnect();
  second.say({
    type: "message.rejected",
    tenantId: "acme",
    roomId: "trip",
    at: "2026-01-01T00:00:00.000Z",
    userId: "rider",
    clientId: "mine",
    messageId: id("a"),
    request: "message.send",
    error: { code: "not_a_member", message: "no", retryable: false, requestId: "req_2" },
  });
  await refused;
  expect(harness.events).toMatchObject([{ type: "message.rejected", clientId: "mine" }]);
});

test("changes of messages wait for their turn among the sends of the room, and are said again after a reconnect", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms });
  const sent = harness.client.send("trip", { body: "one" });
  const edited = harness.client.messages.update("trip", id("a"), { body: "two" });
  const deleted = harness.client.messages.delete("trip", id("a"));
  expect(first.of("message.update")).toEqual([]);
  answer(first, 0, id("a"));
  await sent;
  await settled();
  expect(first.of("message.update")).toMatchObject([{ roomId: "trip", messageId: id("a"), body: "two" }]);
  first.shut(1006);
  const second = await harness.reconnect({ rooms });
  second.say({ type: "ok", ref: second.of("message.update")[0]?.ref });
  await edited;
  await settled();
  second.say({
    type: "message.rejected",
    tenantId: "acme",
    roomId: "trip",
    at: "2026-01-01T00:00:00.000Z",
    userId: "rider",
    clientId: null,
    messageId: id("a"),
    request: "message.delete",
    error: { code: "room_closed", message: "no", retryable: false, requestId: "req_3" },
  });
  await expect(deleted).rejects.toMatchObject({ code: "room_closed" });
  expect(harness.client.unsent).toBe(0);
});

test("the same clientId while the first is unanswered is the same send", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms });
  const one = harness.client.send("trip", { body: "hello", clientId: "mine" });
  const two = harness.client.send("trip", { body: "hello", clientId: "mine" });
  answer(socket, 0, id("a"));
  expect(await one).toEqual(await two);
  expect(socket.of("message.send")).toHaveLength(1);
});

test("the outbox is bounded: past it a send is refused at once, and none in it is lost", async () => {
  const harness = new Harness({ bounds: { outboxMessagesMax: 2 } });
  const one = harness.client.send("trip", { body: "1" });
  const two = harness.client.send("trip", { body: "2" });
  await expect(harness.client.send("trip", { body: "3" })).rejects.toMatchObject({
    code: "outbox_full",
    retryable: true,
  });
  const socket = await harness.connect({ rooms });
  answer(socket, 0, id("1"));
  await one;
  answer(socket, 1, id("2"));
  await two;
});

test("a send that waited its time rejects, and the next of its room goes on", async () => {
  const harness = new Harness({ bounds: { sendWaitMsMax: 10_000 } });
  const expired = harness.client.send("trip", { body: "late" });
  const rejected = expect(expired).rejects.toMatchObject({ code: "send_expired", retryable: true });
  await harness.clock.advance(10_000);
  await rejected;
  const next = harness.client.send("trip", { body: "next" });
  const socket = await harness.connect({ rooms });
  expect(socket.of("message.send").map(({ body }) => body)).toEqual(["next"]);
  answer(socket, 0, id("a"));
  await next;
});

test("a message that no frame can hold is refused here, as the server would close the socket over it", async () => {
  const harness = new Harness();
  await expect(harness.client.send("trip", { body: "x".repeat(262_144) })).rejects.toMatchObject({
    code: "payload_too_large",
    retryable: false,
  });
});

test("sends on the wire are bounded over all rooms, and each answer lets the next go", async () => {
  const harness = new Harness({ bounds: { sendsInFlightMax: 2 } });
  const socket = await harness.connect({ rooms });
  const sent = ["a", "b", "c", "d"].map((name) => harness.client.send(name, { body: name }));
  expect(socket.of("message.send")).toHaveLength(2);
  for (let at = 0; at < 4; at += 1) {
    answer(socket, at, id(String(at)));
    await settled();
  }
  expect(await Promise.all(sent)).toHaveLength(4);
});

test("disconnect rejects what waits, and leaves no timer behind", async () => {
  const harness = new Harness();
  await harness.connect({ rooms });
  const sent = harness.client.send("trip", { body: "1" });
  const rejected = expect(sent).rejects.toBeInstanceOf(SendsarError);
  harness.client.disconnect();
  await rejected;
  await settled();
  expect(harness.client.unsent).toBe(0);
  expect(harness.clock.pending).toBe(0);
});

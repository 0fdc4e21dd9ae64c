import { expect, test } from "vitest";
import { Harness } from "./testing/harness.ts";
import { settled } from "./testing/manual-clock.ts";
import type { ScriptedSocket } from "./testing/scripted-server.ts";

function answer(socket: ScriptedSocket, at: number): void {
  socket.say({ type: "ok", ref: socket.of("room.read")[at]?.ref });
}

test("of the markers that wait only the newest of a room is said", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  const first = harness.client.markRead("trip", 1);
  const later = [4, 3, 9, 2].map((number) => harness.client.markRead("trip", number));
  expect(socket.of("room.read").map(({ number }) => number)).toEqual([1]);
  answer(socket, 0);
  await first;
  await settled();
  expect(socket.of("room.read").map(({ number }) => number)).toEqual([1, 9]);
  answer(socket, 1);
  await Promise.all(later);
});

test("a marker outlives the connection", async () => {
  const harness = new Harness();
  const first = await harness.connect();
  const read = harness.client.markRead("trip", 5);
  first.shut(1006);
  const second = await harness.reconnect();
  expect(second.of("room.read")).toMatchObject([{ roomId: "trip", number: 5 }]);
  answer(second, 0);
  await read;
});

test("a marker that is refused for good rejects, and the next is said", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  const refused = expect(harness.client.markRead("trip", 5)).rejects.toMatchObject({ code: "not_a_member" });
  const error = { code: "not_a_member", message: "no", retryable: false, requestId: "r" };
  socket.say({ type: "error", ref: socket.of("room.read")[0]?.ref, error });
  await refused;
  const next = harness.client.markRead("trip", 6);
  answer(socket, 1);
  await next;
});

test("disconnect rejects the markers that wait", async () => {
  const harness = new Harness();
  const read = expect(harness.client.markRead("trip", 5)).rejects.toMatchObject({ code: "disconnected" });
  await harness.connect();
  harness.client.disconnect();
  await read;
});

test("what is delivered is said apart from what is read", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  const both = [harness.client.markDelivered("trip", 4), harness.client.markRead("trip", 2)];
  expect(socket.of("room.delivered")).toMatchObject([{ roomId: "trip", number: 4 }]);
  expect(socket.of("room.read")).toMatchObject([{ roomId: "trip", number: 2 }]);
  answer(socket, 0);
  socket.say({ type: "ok", ref: socket.of("room.delivered")[0]?.ref });
  await Promise.all(both);
});

import { expect, test } from "vitest";
import { Harness } from "./testing/harness.ts";
import { settled } from "./testing/manual-clock.ts";

test("a page of history is asked for by number and answered by ref", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  const older = harness.client.history("trip", { before: 9, limit: 2 });
  const newest = harness.client.history("trip");
  const [one, two] = socket.of("history");
  expect(one).toEqual({ type: "history", ref: one?.ref, roomId: "trip", before: 9, limit: 2 });
  socket.say({ type: "ok", ref: two?.ref, items: [], next: null });
  socket.say({ type: "ok", ref: one?.ref, items: [], next: "cursor" });
  expect(await newest).toEqual({ items: [], next: null });
  expect(await older).toEqual({ items: [], next: "cursor" });
});

test("history needs a connection, and says so", async () => {
  const harness = new Harness();
  await expect(harness.client.history("trip")).rejects.toMatchObject({
    code: "not_connected",
    retryable: true,
  });
  const socket = await harness.connect();
  const lost = expect(harness.client.history("trip")).rejects.toMatchObject({ code: "connection_lost" });
  socket.shut(1006);
  await lost;
});

test("an answer that takes too long is given up, and ignored when it comes", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  const late = expect(harness.client.history("trip")).rejects.toMatchObject({ code: "answer_timeout" });
  await harness.clock.advance(15_000);
  await late;
  socket.say({ type: "ok", ref: socket.of("history")[0]?.ref, items: [] });
  await settled();
  expect(harness.client.state.status).toBe("connected");
});

test("history requests on the wire are bounded", async () => {
  const harness = new Harness({ bounds: { historyInFlightMax: 1 } });
  const socket = await harness.connect();
  const first = harness.client.history("trip");
  await expect(harness.client.history("trip")).rejects.toMatchObject({ code: "too_many_requests" });
  socket.say({ type: "ok", ref: socket.of("history")[0]?.ref, items: [], next: null });
  await first;
  const next = harness.client.history("trip");
  socket.say({ type: "ok", ref: socket.of("history")[1]?.ref, items: [], next: null });
  await next;
});

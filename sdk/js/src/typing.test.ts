import { expect, test } from "vitest";
import { Harness } from "./testing/harness.ts";
import type { ScriptedSocket } from "./testing/scripted-server.ts";

const said = (socket: ScriptedSocket) =>
  socket.received.flatMap((frame) =>
    frame.type === "typing.start" || frame.type === "typing.stop" ? [`${frame.type} ${frame.roomId}`] : [],
  );

test("however often a key is pressed, a start is said at most every 3 s", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  for (let key = 0; key < 70; key += 1) {
    harness.client.typing.start("trip");
    await harness.clock.advance(100);
  }
  expect(said(socket)).toEqual(Array(3).fill("typing.start trip"));
  expect(socket.of("typing.start").every((frame) => frame.ref === undefined)).toBe(true);
});

test("it stops by itself when no key is pressed any more, in each room for itself", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  harness.client.typing.start("trip");
  await harness.clock.advance(3_000);
  harness.client.typing.start("other");
  await harness.clock.advance(2_000);
  expect(said(socket)).toEqual(["typing.start trip", "typing.start other", "typing.stop trip"]);
  await harness.clock.advance(60_000);
  expect(said(socket).slice(3)).toEqual(["typing.stop other"]);
});

test("stop is said once, and only by one who types", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  harness.client.typing.stop("trip");
  harness.client.typing.start("trip");
  harness.client.typing.stop("trip");
  harness.client.typing.stop("trip");
  harness.client.typing.start("trip");
  expect(said(socket)).toEqual(["typing.start trip", "typing.stop trip", "typing.start trip"]);
});

test("a message ends it without a word, and typing on begins anew", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  harness.client.typing.start("trip");
  void harness.client.send("trip", { body: "hello" }).catch(() => {});
  await harness.clock.advance(1_000);
  harness.client.typing.start("trip");
  expect(said(socket)).toEqual(["typing.start trip", "typing.start trip"]);
});

test("without a connection nothing is said, and nothing is said later", async () => {
  const harness = new Harness();
  const first = await harness.connect();
  harness.client.typing.start("trip");
  first.shut(1006);
  harness.client.typing.start("trip");
  const second = await harness.reconnect();
  await harness.clock.advance(10_000);
  expect(said(second)).toEqual([]);
  harness.client.typing.start("trip");
  expect(said(second)).toEqual(["typing.start trip"]);
});

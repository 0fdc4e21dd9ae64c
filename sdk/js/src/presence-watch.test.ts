import { expect, test } from "vitest";
import { Harness, outcomeOf } from "./testing/harness.ts";
import { settled } from "./testing/manual-clock.ts";
import type { ScriptedSocket } from "./testing/scripted-server.ts";

const seenAt = "2026-01-01T00:00:00.000Z";
const here = (userId: string) => ({ userId, online: true, lastSeenAt: null });
const away = (userId: string) => ({ userId, online: false, lastSeenAt: seenAt });

const asked = (socket: ScriptedSocket) => socket.of("presence.watch").map(({ userIds }) => userIds);

/** Answers the newest watch. */
async function answer(socket: ScriptedSocket, presence: readonly object[]): Promise<void> {
  const { ref } = socket.of("presence.watch").at(-1) ?? {};
  socket.say({ type: "ok", ref, presence });
  await settled();
}

async function refuse(socket: ScriptedSocket, code: string, retryable: boolean): Promise<void> {
  const { ref } = socket.of("presence.watch").at(-1) ?? {};
  socket.say({ type: "error", ref, error: { code, message: "no", retryable, requestId: "r" } });
  await settled();
}

const changed = (harness: Harness) =>
  harness.events.flatMap((event) =>
    event.type === "presence.changed" ? [`${event.userId} ${event.online}`] : [],
  );

test("a watch says how each stands, and changes come after it", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  const watched = harness.client.watchPresence(["driver", "driver", "rider"]);
  await answer(socket, [away("driver"), here("rider")]);
  expect(await watched).toEqual([away("driver"), here("rider")]);
  expect(asked(socket)).toEqual([["driver", "rider"]]);
  expect(changed(harness)).toEqual([]);
  socket.say({ type: "presence.changed", tenantId: "acme", ...here("driver"), at: seenAt });
  expect(changed(harness)).toEqual(["driver true"]);
  expect([...harness.client.presence.values()]).toEqual([here("driver"), here("rider")]);
});

test("each new connection is told again, and what changed meanwhile is an event", async () => {
  const harness = new Harness();
  const first = await harness.connect();
  void harness.client.watchPresence(["driver", "guide"]);
  await answer(first, [here("driver"), here("guide")]);
  first.shut(1006);
  const second = await harness.reconnect();
  expect(asked(second)).toEqual([["driver", "guide"]]);
  await answer(second, [away("driver"), here("guide")]);
  expect(changed(harness)).toEqual(["driver false"]);
  expect(harness.client.presence.get("driver")).toEqual(away("driver"));
});

test("a watch without a connection is answered by the next", async () => {
  const harness = new Harness();
  const watched = outcomeOf(harness.client.watchPresence(["driver"]));
  const socket = await harness.connect();
  expect(watched.settled()).toBe(false);
  await answer(socket, [here("driver")]);
  expect(watched.value()).toEqual([here("driver")]);
});

test("of two lists named at once the later counts, for whoever waits", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  const [first, second] = [["driver"], ["guide"]].map((ids) => harness.client.watchPresence(ids));
  await answer(socket, [here("driver")]);
  await answer(socket, [here("guide")]);
  expect(asked(socket)).toEqual([["driver"], ["guide"]]);
  expect(await Promise.all([first, second])).toEqual([[here("guide")], [here("guide")]]);
  expect([...harness.client.presence.keys()]).toEqual(["guide"]);
});

test("a refusal that will pass is followed by another try, and any other is the answer", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  const watched = outcomeOf(harness.client.watchPresence(["driver"]));
  await refuse(socket, "service_unavailable", true);
  await harness.clock.advance(5_000);
  expect([asked(socket).length, watched.settled()]).toEqual([2, false]);
  await refuse(socket, "invalid_request", false);
  expect(watched.value()).toMatchObject({ code: "invalid_request" });
});

test("a client that stops forgets whom it watched", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  const watched = outcomeOf(harness.client.watchPresence(["driver"]));
  harness.client.disconnect();
  await settled();
  expect(watched.value()).toMatchObject({ code: "disconnected" });
  expect(asked(socket)).toHaveLength(1);
  const again = await harness.connect();
  expect(asked(again)).toEqual([]);
  expect(harness.client.presence.size).toBe(0);
});

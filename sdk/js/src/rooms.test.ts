import { expect, test } from "vitest";
import { Harness } from "./testing/harness.ts";
import { settled } from "./testing/manual-clock.ts";
import { event, message, room } from "./testing/scripted-server.ts";
import type { Call } from "./wire.ts";

test("a message moves its room's seq, number, last message and the server's count of unread", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms: [room()] });
  let seen: unknown;
  harness.client.on("message.created", () => {
    seen = harness.client.rooms.get("trip");
  });
  socket.say(message(1, { unread: 1 }));
  expect(harness.client.rooms.get("trip")).toMatchObject({
    seq: 1,
    number: 1,
    unread: 1,
    lastMessage: { number: 1, body: "message 1", senderId: "driver", reactions: {}, deletedAt: null },
  });
  expect(seen).toBe(harness.client.rooms.get("trip"));
});

test("events that the handshake has counted in are handed over and change no room", async () => {
  const harness = new Harness({ resume: { trip: 0 } });
  const socket = await harness.connect({ rooms: [room({ seq: 2, number: 2, unread: 2 })] });
  socket.say(message(1, { unread: 1 }));
  expect(harness.seqs()).toEqual([1]);
  expect(harness.client.rooms.get("trip")).toMatchObject({ seq: 2, unread: 2 });
});

test("a read marker of the user, from whatever device, moves his count; another's does not move his marker", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms: [room({ seq: 5, number: 5, unread: 5 })] });
  const receipt = { type: "receipt.read", tenantId: "acme", roomId: "trip", at: "2026-01-01T00:00:00.000Z" };
  socket.say({ ...receipt, userId: "driver", number: 5, unread: 5 });
  expect(harness.client.rooms.get("trip")).toMatchObject({ readNumber: 0, unread: 5 });
  socket.say({ ...receipt, userId: "rider", number: 4, unread: 1 });
  expect(harness.client.rooms.get("trip")).toMatchObject({ readNumber: 4, unread: 1 });
});

test("a marker that was set back moves the user's place back, and is in the total of all open rooms", async () => {
  const harness = new Harness();
  const rooms = [
    room({ seq: 5, number: 5, readNumber: 5, unread: 0 }),
    room({ roomId: "other", unread: 2 }),
    room({ roomId: "over", state: "closed", unread: 9 }),
  ];
  const socket = await harness.connect({ rooms, unreadTotal: 2 });
  expect(harness.client.unreadTotal).toBe(2);
  const marked = harness.client.markUnread("trip", 3);
  expect(socket.of("room.unread")).toMatchObject([{ roomId: "trip", number: 3 }]);
  socket.say({ type: "ok", ref: socket.of("room.unread")[0]?.ref });
  await marked;
  const receipt = { tenantId: "acme", roomId: "trip", at: "2026-01-01T00:00:00.000Z", userId: "rider" };
  socket.say({ ...receipt, type: "receipt.unread", number: 3, unread: 3 });
  expect(harness.client.rooms.get("trip")).toMatchObject({ readNumber: 2, unread: 3 });
  expect(harness.client.unreadTotal).toBe(5);
});

test("a room's life is followed: made, renamed, frozen, closed, opened again, deleted", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  const details = { roomType: "direct", custom: null, freezeAt: null, closeAt: null, actorId: null } as const;
  const members = [
    { userId: "driver", role: "member" as const },
    { userId: "rider", role: "owner" as const },
  ];
  const all = ["message.send", "room.close"] as const;
  socket.say(event("room.created", { ...details, seq: 1, name: "Trip", members, capabilities: [...all] }));
  expect(harness.client.can("room.close", "trip")).toBe(true);
  const states = [harness.client.rooms.get("trip")];
  socket.say(event("room.updated", { ...details, seq: 2, name: "Trip to town" }));
  for (const [index, type] of (["room.frozen", "room.closed", "room.reopened"] as const).entries()) {
    const capabilities = type === "room.reopened" ? [...all] : [];
    socket.say(event(type, { seq: 3 + index, actorId: null, capabilities }));
    expect(harness.client.can("message.send", "trip")).toBe(type === "room.reopened");
    states.push(harness.client.rooms.get("trip"));
  }
  expect(states).toMatchObject([
    { state: "open", name: "Trip", role: "owner", memberCount: 2 },
    { state: "frozen", name: "Trip to town" },
    { state: "closed" },
    { state: "open" },
  ]);
  socket.say(event("room.deleted", { seq: 6, actorId: null }));
  expect(harness.client.rooms.size).toBe(0);
  expect(harness.lookups).toEqual([]);
});

test("a call's recordings are followed, and one that comes when the call has ended leaves the next call as it is", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms: [room()] });
  const recording = {
    recordingId: "rec",
    state: "active" as const,
    startedAt: "2026-01-01T00:00:00.000Z",
    endedAt: null,
    location: null,
  };
  const done = {
    ...recording,
    state: "ended" as const,
    endedAt: "2026-01-01T00:01:00.000Z",
    location: "s3://f",
  };
  const call: Call = {
    callId: "one",
    roomId: "trip",
    kind: "audio",
    state: "active",
    reason: null,
    startedBy: "rider",
    region: null,
    custom: null,
    createdAt: "2026-01-01T00:00:00.000Z",
    ringEndsAt: null,
    answeredAt: "2026-01-01T00:00:01.000Z",
    endedAt: null,
    durationSeconds: null,
    participants: [],
    recordings: [],
  };
  const of = { callId: "one", kind: "audio" as const };
  const shown = () => harness.client.rooms.get("trip")?.call;
  socket.say(
    event("call.recording", {
      ...of,
      seq: 1,
      actorId: null,
      recording,
      call: { ...call, recordings: [recording] },
    }),
  );
  expect(shown()?.recordings).toEqual([recording]);
  socket.say(
    event("call.recorded", { ...of, seq: 2, recording: done, call: { ...call, recordings: [done] } }),
  );
  expect(shown()?.recordings).toEqual([done]);
  const next = { ...call, callId: "two", state: "ringing" as const };
  socket.say(
    event("call.ringing", { callId: "two", kind: "audio", seq: 3, userId: "rider", call: next } as never),
  );
  expect(shown()?.callId).toBe("two");
  const ended = { ...call, state: "ended" as const, recordings: [done] };
  socket.say(event("call.recorded", { ...of, seq: 4, recording: done, call: ended }));
  expect(shown()).toEqual(next);
});

test("a room that the user comes to is read over REST, again when an event came meanwhile", async () => {
  const answers = [room({ seq: 40, unread: 0 }), room({ seq: 41, number: 7, readNumber: 6, unread: 1 })];
  const asked: unknown[] = [];
  const harness = new Harness({
    fetch: (url, { headers }) => {
      asked.push([url, headers]);
      return Promise.resolve({ ok: true, json: () => Promise.resolve(answers.shift()) });
    },
  });
  let changes = 0;
  const socket = await harness.connect();
  harness.client.on("rooms", () => {
    changes += 1;
  });
  socket.say(
    event("member.added", { seq: 40, userId: "rider", actorId: null, role: "member", custom: null }),
  );
  socket.say(message(41, { unread: 1 }));
  await settled();
  expect(asked).toEqual(
    Array(2).fill(["https://chat.example.com/v1/rooms/trip", { authorization: "Bearer token" }]),
  );
  expect(harness.client.rooms.get("trip")).toMatchObject({ seq: 41, unread: 1, readNumber: 6 });
  expect(changes).toBe(2);
});

test("closed rooms are kept for a while, a bounded number of them", async () => {
  const harness = new Harness({ bounds: { closedRoomsMax: 2 } });
  const ids = ["a", "b", "c"];
  const socket = await harness.connect({ rooms: ids.map((roomId) => room({ roomId })) });
  for (const roomId of ids) socket.say(event("room.closed", { roomId, seq: 1, actorId: null }));
  expect([...harness.client.rooms.keys()]).toEqual(["b", "c"]);
});

test("an event of a newer server is handed over and counted, and changes nothing else", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms: [room()] });
  socket.say({
    type: "poll.opened",
    tenantId: "acme",
    roomId: "trip",
    seq: 1,
    at: "2026-01-01T00:00:00.000Z",
  });
  expect(harness.seqs()).toEqual([1]);
  expect(harness.client.rooms.get("trip")).toEqual(room({ seq: 1 }));
});

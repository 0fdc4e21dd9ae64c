import fc from "fast-check";
import { expect, test } from "vitest";
import { Resume } from "./resume.ts";
import { Harness } from "./testing/harness.ts";
import { event, message, room } from "./testing/scripted-server.ts";

test("the handshake names how far each room was handed over", async () => {
  const harness = new Harness({ resume: { trip: 4, other: 9 } });
  const first = await harness.connect({ rooms: [room({ seq: 5 }), room({ roomId: "other", seq: 9 })] });
  expect(first.of("connect")).toMatchObject([{ token: "token", resume: { trip: 4, other: 9 } }]);
  first.say(message(5));
  expect(harness.client.resumeState).toEqual({ trip: 5, other: 9 });
  first.shut(1006);
  const second = await harness.reconnect();
  expect(second.of("connect")[0]?.resume).toEqual({ trip: 5, other: 9 });
});

test("a room without a cursor starts at its newest event", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms: [room({ seq: 7 })] });
  expect(socket.of("connect")[0]?.resume).toEqual({});
  expect(harness.client.resumeState).toEqual({ trip: 7 });
  socket.say(message(8));
  expect(harness.seqs()).toEqual([8]);
});

test("a cursor moves after the handlers had the event, even when one throws", async () => {
  const errors: unknown[] = [];
  const harness = new Harness({ onHandlerError: (error) => errors.push(error) });
  const during: unknown[] = [];
  harness.client.on("message.created", () => {
    during.push(harness.client.resumeState);
    throw new Error("of the application");
  });
  const socket = await harness.connect({ rooms: [room({ seq: 7 })] });
  socket.say(message(8));
  expect(during).toEqual([{ trip: 7 }]);
  expect(harness.client.resumeState).toEqual({ trip: 8 });
  expect(errors).toMatchObject([{ message: "of the application" }]);
  expect(harness.seqs()).toEqual([8]);
});

test("an event that comes twice is handed over once", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms: [room()] });
  for (const seq of [1, 2, 1, 2, 2, 3]) socket.say(message(seq));
  expect(harness.seqs()).toEqual([1, 2, 3]);
});

test("a hole is not stepped over: the client comes back and resumes from before it", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms: [room()] });
  first.say(message(1));
  first.say(message(3));
  first.say(message(4));
  expect(first.closed).toBe(true);
  expect(harness.client.state.status).toBe("waiting");
  const second = await harness.reconnect({ rooms: [room({ seq: 4 })] });
  expect(second.of("connect")[0]?.resume).toEqual({ trip: 1 });
  for (const seq of [2, 3, 4]) second.say(message(seq));
  expect(harness.seqs()).toEqual([1, 2, 3, 4]);
});

test("a hole that the resume did not fill is told as a gap, and the room goes on", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms: [room()] });
  first.say(message(3));
  const second = await harness.reconnect({ rooms: [room({ seq: 3 })] });
  second.say(message(3));
  expect(harness.events).toMatchObject([
    { type: "room.gap", roomId: "trip", fromSeq: 1, toSeq: 2 },
    { type: "message.created", seq: 3 },
  ]);
  expect(second.closed).toBe(false);
  expect(harness.client.resumeState).toEqual({ trip: 3 });
});

test("a gap of the server is told, and moves the cursor past it", async () => {
  const harness = new Harness({ resume: { trip: 1 } });
  const socket = await harness.connect({ rooms: [room({ seq: 900 })] });
  socket.say({ type: "room.gap", roomId: "trip", fromSeq: 2, toSeq: 900 });
  socket.say(message(901));
  expect(harness.seqs()).toEqual(["room.gap", 901]);
});

test("a room that a user leaves and comes back to starts where he comes back", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms: [room()] });
  const left = event("member.removed", { seq: 1, userId: "rider", actorId: null });
  socket.say(left);
  socket.say(left);
  expect(harness.client.resumeState).toEqual({});
  socket.say(
    event("member.added", { seq: 40, userId: "rider", actorId: null, role: "member", custom: null }),
  );
  socket.say(message(41));
  expect(harness.seqs()).toEqual([1, 40, 41]);
  expect(harness.client.resumeState).toEqual({ trip: 41 });
});

test("a room that a user left, and came back to while away, starts where the server does", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms: [room()] });
  first.say(event("member.removed", { seq: 1, userId: "rider", actorId: null }));
  first.shut(1006);
  const second = await harness.reconnect({ rooms: [room({ seq: 5 })] });
  second.say(message(6));
  expect(harness.seqs()).toEqual([1, 6]);
});

test("a closed room is not resumed, and its reopening without a hole is", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms: [room()] });
  socket.say(event("room.closed", { seq: 1, actorId: null }));
  expect(harness.client.resumeState).toEqual({});
  socket.say(event("room.reopened", { seq: 2, actorId: null }));
  expect(harness.client.resumeState).toEqual({ trip: 2 });
});

test("a closed room that was changed before it is opened again is resumed from its closing", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms: [room()] });
  first.say(event("room.closed", { seq: 1, actorId: null }));
  first.say(event("room.reopened", { seq: 3, actorId: null }));
  const second = await harness.reconnect({ rooms: [room({ seq: 3 })] });
  expect(second.of("connect")[0]?.resume).toEqual({ trip: 1 });
});

test("a room that closed while the client was away is resumed until what was missed had its chance", () => {
  const resume = new Resume({ trip: 5 });
  resume.greeted([]);
  expect(resume.state).toEqual({ trip: 5 });
  resume.greeted([]);
  expect(resume.state).toEqual({});
});

test("a room of the same id that is another one by now starts anew, with a gap", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms: [room({ seq: 50 })] });
  first.shut(1006);
  await harness.reconnect({ rooms: [room({ seq: 3, createdAt: "2026-02-02T00:00:00.000Z" })] });
  expect(harness.events).toEqual([{ type: "room.gap", roomId: "trip", fromSeq: 1, toSeq: 3 }]);
  harness.server.socket.say(message(4));
  expect(harness.seqs()).toEqual(["room.gap", 4]);
});

test("a room that closed, and opened again while the client was away, tells of what was missed with a gap", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms: [room({ seq: 7 })] });
  first.say(event("room.closed", { seq: 8, actorId: null }));
  first.shut(1006);
  const second = await harness.reconnect({ rooms: [room({ seq: 10 })] });
  expect(second.of("connect")[0]?.resume).toEqual({});
  expect(harness.events.at(-1)).toEqual({ type: "room.gap", roomId: "trip", fromSeq: 9, toSeq: 10 });
  second.say(message(11));
  expect(harness.seqs()).toEqual([8, "room.gap", 11]);
});

test("a server that lags behind takes nothing back", async () => {
  const harness = new Harness();
  const first = await harness.connect({ rooms: [room({ seq: 50 })] });
  first.shut(1006);
  const second = await harness.reconnect({ rooms: [room({ seq: 48 })] });
  for (const seq of [49, 50, 51]) second.say(message(seq));
  expect(harness.seqs()).toEqual([51]);
});

test("another user on the same client starts without the first one's cursors", async () => {
  const harness = new Harness();
  await harness.connect({ rooms: [room({ seq: 50 })] });
  harness.client.disconnect();
  await harness.connect({ userId: "driver", rooms: [room({ seq: 60 })] });
  expect(harness.client.resumeState).toEqual({ trip: 60 });
});

test("whatever arrives, in whatever order, is handed over without repeats and in order", () => {
  const step = fc.record({ roomId: fc.constantFrom("a", "b"), seq: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const resume = new Resume({ a: 0, b: 0 });
      const handed: Record<string, number[]> = { a: [], b: [] };
      for (const { roomId, seq } of steps) {
        const verdict = resume.judge({ type: "message.created", roomId, seq });
        if (verdict.type !== "deliver" && verdict.type !== "lost") continue;
        handed[roomId]?.push(seq);
        resume.advance(roomId, seq);
      }
      for (const seqs of Object.values(handed)) {
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      }
    }),
  );
});

test("the cursors are bounded, and open rooms are the last to go", () => {
  const resume = new Resume();
  for (let at = 0; at < 1_000; at += 1) resume.advance(`open_${at}`, 1);
  for (let at = 0; at < 5_000; at += 1) {
    resume.advance(`trip_${at}`, 1);
    resume.park(`trip_${at}`);
  }
  expect(Object.keys(resume.state)).toHaveLength(1_000);
});

test("a room that was unlisted twice and comes back tells of what was missed with a gap", () => {
  const resume = new Resume({ trip: 5 });
  resume.greeted([]);
  resume.greeted([]);
  const gap = { type: "room.gap", roomId: "trip", fromSeq: 6, toSeq: 8 };
  expect(resume.greeted([room({ seq: 8 })])).toEqual([gap]);
  expect(resume.state).toEqual({ trip: 8 });
});

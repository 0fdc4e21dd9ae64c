import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import type { Store } from "#shared/store/store.ts";
import { base, commands, makeRoom, owner, send } from "../testing/owner.ts";

let store: Store;
beforeEach(() => {
  store = createEmbeddedStore({ database: openDatabase(":memory:") });
});
afterEach(() => store.close());

const call = (type: string, userId: string | null, more: object = {}) =>
  ({
    ...base,
    type,
    actor: { kind: userId === null ? "server" : "client", userId },
    callId: "c1",
    ...more,
  }) as RoomCommand;
const start = (userId: string, callId: string) =>
  call("call.start", userId, {
    callId,
    kind: "audio",
    region: null,
    busy: [],
    ringSeconds: 30,
    leavesMessage: false,
  });

test("what becomes of a call that has ended is told, though the first try to tell of it failed", async () => {
  let isAway = false;
  const { lane, events } = owner(store, {
    before: async (step) => {
      if (step === "emit" && isAway) throw new Error("the log is away");
    },
  });
  const before = [
    makeRoom,
    start("ann", "c1"),
    call("call.accept", "bob"),
    call("call.record", "ann", { recordingId: "r1" }),
    call("call.end", "ann", { failed: false }),
  ];
  await lane.process(commands(0, before));
  const recorded = call("call.recorded", null, {
    recordingId: "r1",
    location: "s3://calls/1",
    failed: false,
  });
  const batch = commands(before.length, [recorded]);
  isAway = true;
  await expect(lane.process(batch)).rejects.toThrow("the log is away");
  isAway = false;
  await lane.process(batch);
  await lane.process(commands(before.length + 1, [send("1")]));

  const history = await store.readEvents("acme", "trip_1", { afterSeq: 0, limit: 100 });
  expect(events()).toEqual(history.map(({ event }) => event));
  expect(events().map(({ type }) => type)).toEqual([
    "room.created",
    "call.ringing",
    "call.accepted",
    "call.recording",
    "call.ended",
    "call.recorded",
    "message.created",
  ]);
});

test("a new owner ends as failed what a call that has ended is recorded by, and two that are told of at once are both kept", async () => {
  const given = [
    makeRoom,
    start("ann", "c1"),
    call("call.accept", "bob"),
    call("call.record", "ann", { recordingId: "r1" }),
    call("call.end", "ann", { failed: false }),
  ];
  await owner(store).lane.process(commands(0, given));
  const [next, last] = [owner(store), owner(store)];
  const other = (recordingId: string) =>
    call("call.recorded", null, { recordingId, location: "s3://calls", failed: false });
  const at = new Date(Date.parse(base.at) + limits.callRecordingSilenceMsMax).toISOString();
  const due = { ...base, type: "room.due", at, actor: { kind: "server", userId: null } } as RoomCommand;
  await next.lane.process(commands(given.length, [other("r2"), other("r3")]));
  await last.lane.process(commands(given.length + 2, [due]));
  expect(
    [...next.events(), ...last.events()].map((event) =>
      "recording" in event ? event.recording.state : null,
    ),
  ).toEqual(["ended", "ended", "failed"]);
  const found = await store.readCall("acme", "c1");
  expect(found?.row.call.recordings.map(({ recordingId, state }) => [recordingId, state])).toEqual([
    ["r2", "ended"],
    ["r3", "ended"],
    ["r1", "failed"],
  ]);
});

test("a call of which LiveKit said something that nobody is told is found by its other id as before", async () => {
  const { lane, events } = owner(store);
  await lane.process(commands(0, [makeRoom, start("ann", "c1"), start("bob", "c2")]));
  const seen = { connectedAt: base.at, published: [] };
  const connected = call("call.connected", "ann", { actor: { kind: "server", userId: "ann" }, ...seen });
  await lane.process(commands(3, [connected]));
  await lane.process(commands(4, [call("call.leave", "ann", { callId: "c2" })]));
  expect(events().map(({ type }) => type)).toEqual([
    "room.created",
    "call.ringing",
    "call.accepted",
    "call.left",
    "call.ended",
  ]);
});

test("an owner that others have followed takes no step of its own in a call that has gone on without it", async () => {
  const [stale, next] = [owner(store), owner(store)];
  const given = [makeRoom, start("bob", "c1")];
  const later = commands(2, [call("call.leave", "ann", { callId: "c2" }), start("ann", "c2")]);
  await stale.lane.process(commands(0, given));
  await next.lane.process(commands(0, given));
  await next.lane.process(later);
  const before = await store.loadRoom("acme", "trip_1");
  await stale.lane.process(later);
  expect(stale.events()).toEqual(next.events());
  expect(stale.events().map(({ type }) => type)).toEqual(["room.created", "call.ringing", "call.accepted"]);
  expect(await store.loadRoom("acme", "trip_1")).toEqual(before);
});

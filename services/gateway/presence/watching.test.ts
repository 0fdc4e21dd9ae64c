import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { defaultUserSettings } from "#shared/store/user-settings.ts";
import { Presences } from "./presences.ts";
import { Watching } from "./watching.ts";

const away = { online: false, lastSeenAt: null };

let rooms: Record<string, string[]>;
let failures: number;
let hidden: Set<string>;
let online: Set<string>;
let held: Set<string>;
let told: { userId: string; online: boolean }[];
let presences: Presences;
let watching: Watching;

beforeEach(() => {
  vi.useFakeTimers();
  rooms = { ann: ["r1"], bob: ["r1"], cleo: [] };
  failures = 0;
  hidden = new Set();
  [online, held] = [new Set(["bob", "cleo"]), new Set()];
  told = [];
  const logger = { warn: () => undefined };
  presences = new Presences({
    clock: systemClock,
    logger,
    store: { readLastSeen: async (_, userIds) => userIds.map(() => null) },
    interests: {
      hold: async (channels) => {
        for (const { tenantId, id } of channels) {
          held.add(id);
          presences.stands({ tenantId, userId: id }, online.has(id), null);
        }
        return [];
      },
      release: () => undefined,
    },
  });
  const roomsOf = async (_: string, userId: string) => {
    if (failures-- > 0) throw new Error("the store is away");
    return rooms[userId] ?? [];
  };
  watching = new Watching(
    {
      presences,
      clock: systemClock,
      logger,
      store: {
        listOpenRooms: roomsOf,
        listSeenRooms: roomsOf,
        readUserSettings: async (_, userIds) =>
          userIds.map((userId) => ({ ...defaultUserSettings, presence: !hidden.has(userId) })),
      },
    },
    { tenantId: "acme", userId: "ann", signal: (frame) => told.push(JSON.parse(frame)) },
  );
});
afterEach(() => vi.useRealTimers());

const happens = (type: string, userId = "bob") =>
  watching.passing({ type, userId, tenantId: "acme", roomId: "r1", seq: 1 } as DurableEvent);
const rechecked = () => vi.advanceTimersByTimeAsync(limits.presenceRecheckMs);
const heard = () => told.map(({ userId, online }) => `${userId} ${online}`);

test("nothing is even asked about users who are not to be seen", async () => {
  const presence = await watching.replace(["bob", "cleo", "nobody", "ann"]);
  expect(presence.map(({ userId, ...how }) => [userId, how])).toEqual([
    ["bob", { online: true, lastSeenAt: null }],
    ["cleo", away],
    ["nobody", away],
    ["ann", away],
  ]);
  expect([...held].toSorted()).toEqual(["ann", "bob"]);
});

describe("as rooms change", () => {
  test("who comes into view is told as it stands, who leaves it as offline, once for all changes of a while", async () => {
    await watching.replace(["bob", "cleo"]);
    rooms = { ann: ["r2"], cleo: ["r2"] };
    for (const type of ["room.closed", "member.removed", "room.created"]) happens(type);
    expect(heard()).toEqual([]);
    await rechecked();
    expect(heard()).toEqual(["cleo true", "bob false"]);
    presences.stands({ tenantId: "acme", userId: "bob" }, false, null);
    presences.stands({ tenantId: "acme", userId: "cleo" }, false, null);
    await vi.advanceTimersByTimeAsync(1);
    expect(heard()).toEqual(["cleo true", "bob false", "cleo false"]);
  });

  test("the coming and going of members that it does not watch changes nothing", async () => {
    await watching.replace(["bob", "cleo"]);
    rooms = { ann: ["r2"], cleo: ["r2"] };
    happens("member.added", "eve");
    happens("message.created", "bob");
    await rechecked();
    expect(heard()).toEqual([]);
    happens("member.removed", "ann");
    await rechecked();
    expect(heard()).toEqual(["cleo true", "bob false"]);
  });

  test("what cannot be looked up is looked up again", async () => {
    await watching.replace(["bob"]);
    rooms = {};
    failures = 1;
    happens("room.closed");
    await rechecked();
    expect(heard()).toEqual([]);
    await rechecked();
    expect(heard()).toEqual(["bob false"]);
  });
});

test("a list that cannot be watched leaves the one before", async () => {
  await watching.replace(["bob"]);
  failures = 1;
  await expect(watching.replace(["cleo"])).rejects.toThrow("the store is away");
  presences.stands({ tenantId: "acme", userId: "bob" }, false, null);
  await vi.advanceTimersByTimeAsync(1);
  expect(heard()).toEqual(["bob false"]);
});

test("after its end nothing is watched any more, also not what was asked before", async () => {
  const asked = watching.replace(["bob"]);
  watching.end();
  await asked;
  expect(await watching.replace(["bob"])).toEqual([]);
  presences.stands({ tenantId: "acme", userId: "bob" }, false, null);
  await vi.advanceTimersByTimeAsync(1);
  expect(heard()).toEqual([]);
});

test("one who wants to be seen no more is told as offline, and as it stands when it does again", async () => {
  await watching.replace(["bob", "cleo"]);
  hidden.add("bob");
  watching.judgeAnew("somebody");
  await rechecked();
  expect(heard()).toEqual([]);
  watching.judgeAnew("bob");
  await rechecked();
  expect(heard()).toEqual(["bob false"]);
  hidden.delete("bob");
  watching.judgeAnew("bob");
  await rechecked();
  expect(heard()).toEqual(["bob false", "bob true"]);
});

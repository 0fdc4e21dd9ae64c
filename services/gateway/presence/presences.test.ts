import { beforeEach, describe, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { Presences, type Watcher } from "./presences.ts";

const at = "2026-01-01T00:00:00.000Z";
const user = { tenantId: "acme", userId: "bob" };

let told: unknown[];
let lastSeen: Record<string, string>;
let reads: PromiseWithResolvers<void>;
let holds: Map<string, number>;
let presences: Presences;
let watcher: Watcher;

beforeEach(() => {
  told = [];
  lastSeen = {};
  holds = new Map();
  reads = Promise.withResolvers();
  reads.resolve();
  watcher = { tenantId: "acme", signal: (frame) => told.push(JSON.parse(frame)) };
  presences = new Presences({
    clock: { nowMs: () => Date.parse(at) },
    logger: { warn: () => undefined },
    store: {
      readLastSeen: async (_, userIds) => {
        await reads.promise;
        return userIds.map((userId) => lastSeen[userId] ?? null);
      },
    },
    interests: {
      hold: async (channels) => {
        for (const { id } of channels) holds.set(id, (holds.get(id) ?? 0) + 1);
        return [];
      },
      release: (channels) => {
        for (const { id } of channels) holds.set(id, (holds.get(id) ?? 0) - 1);
      },
    },
  });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));
const event = (online: boolean, lastSeenAt: string | null) => ({
  type: "presence.changed",
  ...user,
  online,
  lastSeenAt,
  at,
});

describe("a watcher", () => {
  test("is told of changes, and of nothing that is none", async () => {
    await presences.watch(watcher, ["bob"]);
    presences.stands(user, false, null);
    presences.stands(user, true, at);
    presences.stands(user, true, null);
    lastSeen.bob = "2026-01-01T00:00:05.000Z";
    presences.stands(user, false, at);
    presences.stands({ tenantId: "other", userId: "bob" }, true, at);
    await settled();
    presences.stands(user, false, null);
    expect(told).toEqual([event(true, null), event(false, "2026-01-01T00:00:05.000Z")]);
  });

  test("hears of a change over a hand-over by the new owner's word", async () => {
    await presences.watch(watcher, ["bob"]);
    presences.stands(user, true, null);
    presences.stands(user, false, null);
    await settled();
    expect(told).toEqual([event(false, null)]);
  });

  test("is not told that one is gone who is back before that could be said", async () => {
    await presences.watch(watcher, ["bob"]);
    presences.stands(user, true, at);
    reads = Promise.withResolvers();
    presences.stands(user, false, at);
    presences.stands(user, true, at);
    reads.resolve();
    await settled();
    expect(told).toEqual([event(true, null)]);
  });

  test("hears nothing after its end, and holds nothing", async () => {
    await presences.watch(watcher, ["bob"]);
    presences.stands(user, true, at);
    presences.unwatch(watcher, ["bob"]);
    presences.stands(user, false, at);
    await settled();
    expect([told, holds.get("bob")]).toEqual([[], 0]);
  });
});

test("a reader gets how users stand, and holds them no longer than that", async () => {
  await presences.watch(watcher, ["bob"]);
  presences.stands(user, true, at);
  lastSeen = { bob: at, cleo: at };
  const read = await presences.read("acme", ["cleo", "bob"]);
  expect([...read.values()]).toEqual([
    { userId: "cleo", online: false, lastSeenAt: at },
    { userId: "bob", online: true, lastSeenAt: null },
  ]);
  expect([...holds]).toEqual([
    ["bob", 1],
    ["cleo", 0],
  ]);
});

test("more users than one gateway watches are refused, and those it watches still answer", async () => {
  const many = Array.from({ length: limits.presenceUsersMax }, (_, n) => `u${n}`);
  await presences.watch(watcher, many);
  await expect(presences.read("acme", ["one-more"])).rejects.toMatchObject({ code: "overloaded" });
  expect((await presences.read("acme", ["u1"])).size).toBe(1);
  presences.forget("acme", "u2");
  expect((await presences.read("acme", ["one-more"])).size).toBe(1);
});

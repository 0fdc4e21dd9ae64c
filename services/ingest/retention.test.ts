import { expect, test } from "vitest";
import { rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Retention as Ages } from "#shared/protocol/retention.ts";
import { TestRoom } from "#test/contracts/store/test-room.ts";
import { MemoryStore } from "#test/sim/engines/memory-store.ts";
import { Retention } from "./retention.ts";
import { manualClock } from "./testing/manual-clock.ts";

const ever = { messageSeconds: null, closedRoomSeconds: null };
const everyMs = 3_600_000;
/** When the first step of a `TestRoom` was made; each comes two seconds after the one before. */
const firstStepMs = Date.parse("2026-01-01T00:00:02.000Z");

/** Rooms of six messages, said at 4, 6 … 14 s, that let go as their writer does. */
async function world(ages: Partial<Ages> | null = { group: { ...ever, messageSeconds: 60 } }) {
  const store = new MemoryStore();
  const rooms = new Map<string, TestRoom>();
  const createdAt = rfc3339(firstStepMs);
  const retention = ages === null ? null : { direct: ever, group: ever, ...ages };
  await store.putTenant({ tenantId: "acme", name: null, settings: { retention }, createdAt });
  await store.putTenant({ tenantId: "other", name: null, settings: {}, createdAt });
  for (const key of ["acme/r1", "acme/r2", "other/r1"]) {
    const [tenantId = "", roomId = ""] = key.split("/");
    const room = new TestRoom(tenantId, roomId);
    room.add("zoe");
    for (let i = 0; i < 6; i++) room.say("zoe", `${i}`);
    await store.writeRooms([room.write()]);
    rooms.set(key, room);
  }
  const clock = manualClock(firstStepMs);
  const state: {
    down: boolean;
    silent: number;
    onAsked: () => Promise<void>;
    answers: "applied" | "existing";
  } = {
    down: false,
    silent: 0,
    onAsked: async () => undefined,
    answers: "applied",
  };
  const asked: string[] = [];
  const node = () => {
    const commands = {
      apply: async (
        command: Parameters<ConstructorParameters<typeof Retention>[0]["commands"]["apply"]>[0],
      ) => {
        if (state.down) throw new AppError("log_unavailable");
        const { tenantId, roomId } = command;
        const more = command.type === "messages.expire" ? ` ${command.number}` : "";
        const closedAt = command.type === "room.delete" ? ` ${command.closedAt}` : "";
        asked.push(`${tenantId}/${roomId} ${command.type}${more}${closedAt}`);
        await state.onAsked();
        if (state.silent-- > 0) return null;
        if (state.answers === "existing") return { result: "existing" as const, resource: null };
        const room = rooms.get(`${tenantId}/${roomId}`) as TestRoom;
        const before = room.steps;
        if (command.type === "messages.expire") room.expire(command.number);
        else room.delete();
        await store.writeRooms([room.write(before)]);
        return { result: "applied" as const, resource: null };
      },
    };
    const logger = { warn: () => undefined };
    const made = new Retention({ store, commands, media: null, clock, logger }, everyMs);
    made.start();
    return made;
  };
  const left = async (key: string) => {
    const [tenantId = "", roomId = ""] = key.split("/");
    const rows = await store.readMessages(tenantId, roomId, { limit: 10 });
    return rows.map(({ message }) => message.number);
  };
  return { store, rooms, clock, state, asked, node, left };
}

test("what is older than it is kept goes, and nothing else, of no other tenant", async () => {
  const { clock, node, left, asked } = await world();
  const retention = node();
  await clock.pass(60_000 + 5_000);
  expect(asked.toSorted()).toEqual(["acme/r1 messages.expire 2", "acme/r2 messages.expire 2"]);
  expect(await left("acme/r1")).toEqual([6, 5, 4, 3]);
  // Not again before it is time.
  await clock.pass(everyMs - 1);
  expect(asked).toHaveLength(2);
  await clock.pass(1);
  expect(await left("acme/r1")).toEqual([]);
  expect(await left("other/r1")).toHaveLength(6);
  await retention.stop();
});

test("where nobody lets anything go no room is looked at, and of another kind neither", async () => {
  const { store, clock, node, asked } = await world(null);
  store.retention.listRooms = async () => {
    throw new Error("not to be looked at");
  };
  const retention = node();
  await clock.pass(everyMs);
  expect(await store.retention.readPass()).toMatchObject({ isDone: true });
  await retention.stop();
  const direct = await world({ direct: { messageSeconds: 1, closedRoomSeconds: 1 } });
  const other = direct.node();
  await direct.clock.pass(everyMs);
  expect([...asked, ...direct.asked]).toEqual([]);
  await other.stop();
});

test("a room that was closed for so long is deleted, and then loses all its messages", async () => {
  const { store, rooms, clock, node, asked } = await world({ group: { ...ever, closedRoomSeconds: 60 } });
  const room = rooms.get("acme/r2") as TestRoom;
  const before = room.steps;
  room.close();
  await store.writeRooms([room.write(before)]);
  const retention = node();
  await clock.pass(everyMs);
  const closedAt = room.head.closedAt;
  expect(asked).toEqual([`acme/r2 room.delete ${closedAt}`, "acme/r2 messages.expire 6"]);
  await retention.stop();
});

test("a room that was deleted while it was open counts as over since then, and one without messages loses its name", async () => {
  const { store, rooms, clock, node, asked } = await world({ group: { ...ever, closedRoomSeconds: 60 } });
  const room = rooms.get("acme/r2") as TestRoom;
  const empty = new TestRoom("acme", "r3", 1, { name: "a name" });
  empty.add("zoe");
  empty.delete();
  const before = room.steps;
  room.delete();
  await store.writeRooms([room.write(before)]);
  await store.writeRooms([empty.write()]);
  rooms.set("acme/r3", empty);
  const retention = node();
  await clock.pass(everyMs);
  expect(asked.toSorted()).toEqual(["acme/r2 messages.expire 6", "acme/r3 messages.expire 0"]);
  await retention.stop();
});

test("a room whose writer knows that it was opened again is for the next pass, and one of which nothing is heard is asked for after a while", async () => {
  const { store, rooms, clock, state, node, asked } = await world({
    group: { ...ever, closedRoomSeconds: 60 },
  });
  const room = rooms.get("acme/r2") as TestRoom;
  const before = room.steps;
  room.close();
  await store.writeRooms([room.write(before)]);
  state.silent = 1;
  state.answers = "existing";
  const paused: number[] = [];
  const { after } = clock;
  clock.after = (ms, callback) => {
    paused.push(ms);
    return after(ms, callback);
  };
  const retention = node();
  await clock.pass(everyMs);
  expect(asked).toEqual(Array(2).fill(`acme/r2 room.delete ${room.head.closedAt}`));
  expect(paused).toEqual([limits.retentionLookMsMax]);
  expect(await store.retention.readPass()).toMatchObject({ isDone: true });
  await retention.stop();
});

test("a tenant that wants to keep all again loses no more, also in the midst of a pass", async () => {
  const { store, clock, state, node, asked, left } = await world();
  const createdAt = rfc3339(firstStepMs);
  state.onAsked = async () => {
    await store.putTenant({ tenantId: "acme", name: null, settings: { retention: null }, createdAt });
    void clock.pass(limits.retentionAgesMs);
  };
  // So what was asked for first is asked for again, unless the tenant is looked at.
  state.silent = 2;
  const retention = node();
  await clock.pass(everyMs);
  expect(asked).toHaveLength(2);
  expect(await left("acme/r1")).toHaveLength(6);
  expect(await store.retention.readPass()).toMatchObject({ isDone: true });
  await retention.stop();
});

test("one node passes at a time; one that fell silent is followed by another where it was", async () => {
  const { store, clock, state, asked, node, left } = await world();
  const nowMs = clock.nowMs() + everyMs;
  const held = { heldBy: "dead", heldAtMs: nowMs, begunAtMs: nowMs, after: "1", isDone: false };
  await store.retention.writePass(held);
  const retention = node();
  await clock.pass(everyMs);
  expect(asked).toEqual([]);
  state.down = true;
  await clock.pass(limits.retentionSilenceMsMax + 1);
  expect(await store.retention.readPass()).toMatchObject({ after: "1", isDone: false, begunAtMs: nowMs });
  state.down = false;
  state.silent = 1;
  await clock.pass(limits.retentionLookMsMax);
  // An answer that was lost is asked for again; the room before is for the next pass.
  expect(asked).toEqual(Array(2).fill("acme/r2 messages.expire 6"));
  expect(await left("acme/r1")).toHaveLength(6);
  expect(await store.retention.readPass()).toMatchObject({ isDone: true });
  await retention.stop();
});

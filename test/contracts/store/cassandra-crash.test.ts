import type { Client } from "cassandra-driver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectCassandraStore } from "#shared/store/cassandra/cassandra-store.ts";
import { cassandraClient } from "#shared/store/cassandra/connection.ts";
import { writeRooms } from "#shared/store/cassandra/room-writes.ts";
import { Session, type Statement } from "#shared/store/cassandra/session.ts";
import type { RoomWrite, Store } from "#shared/store/store.ts";
import { cassandra, makeKeyspace } from "./keyspace.ts";
import { TestRoom } from "./test-room.ts";
import { expectRoom } from "./visible.ts";

let made: Awaited<ReturnType<typeof makeKeyspace>>;
let client: Client;
let store: Store;
beforeAll(async () => {
  made = await makeKeyspace();
  client = cassandraClient(cassandra(), { keyspace: made.keyspace });
  await client.connect();
  store = await connectCassandraStore({
    ...cassandra(),
    keyspace: made.keyspace,
    eventRetentionSeconds: 3_600,
  });
});
afterAll(async () => {
  await Promise.all([store.close(), client.shutdown()]);
  await made.drop();
});

/** Dies when it comes to write to a table. */
class Crashing extends Session {
  readonly #where: RegExp;
  constructor(where: RegExp) {
    super(client);
    this.#where = where;
  }

  override async writePartition(statements: readonly Statement[]): Promise<void> {
    if (statements.some(({ query }) => this.#where.test(query))) throw new Error("crashed");
    await super.writePartition(statements);
  }

  override async writeLoosely(statements: readonly Statement[]): Promise<void> {
    if (statements.some(({ query }) => this.#where.test(query))) throw new Error("crashed");
    await super.writeLoosely(statements);
  }
}

/** What a request over several partitions may leave when its coordinator dies. */
class HeadAlone extends Session {
  constructor() {
    super(client);
  }

  override async writeLoosely(statements: readonly Statement[]): Promise<void> {
    await super.writePartition(statements.filter(({ query }) => query.includes(" rooms ")));
  }
}

async function crash(where: RegExp, write: RoomWrite): Promise<void> {
  await expect(writeRooms(new Crashing(where), [write], 3_600)).rejects.toThrow("crashed");
}

/** The head's partition is written last, with the members in it. */
const crashBeforeHead = (write: RoomWrite) => crash(/INTO rooms/, write);

test("a crash before a room's first head leaves no room, and the replay makes it", async () => {
  const room = new TestRoom("t", "new");
  room.add("a");
  const { message } = room.say("a", "hello");
  await crashBeforeHead(room.write());
  expect(await store.loadRoom("t", "new")).toBeNull();
  expect(await store.readHeads("t", ["new"])).toEqual([null]);
  expect(await store.readMember("t", "new", "a")).toBeNull();
  expect(await store.readMessages("t", "new", { limit: 10 })).toEqual([]);
  expect(await store.readMessage("t", "new", message.id)).toBeNull();
  expect(await store.findMessages("t", "new", [message.id])).toEqual({ places: new Map(), expired: 0 });
  expect(await store.readEvents("t", "new", { afterSeq: 0, limit: 10 })).toEqual([]);
  await store.writeRooms([room.write()]);
  await expectRoom(store, room);
});

test("a crash between rows and head leaves history and members as they were, and the replay makes them whole", async () => {
  const room = new TestRoom("t", "old");
  room.add("a");
  room.add("b");
  room.say("a", "one");
  const before = room.steps;
  await store.writeRooms([room.write()]);
  room.say("a", "two");
  room.add("c");
  room.remove("b");
  room.read("a", 2);
  await crashBeforeHead(room.write(before));
  await expectRoomButLists(before);
  // The replay need not cut where the crash did.
  await store.writeRooms([room.write(before, before + 2)]);
  await store.writeRooms([room.write(before + 2)]);
  await expectRoom(store, room, { users: ["b"] });

  /** Lists of members may be ahead: what they name is checked against the room by whoever reads them. */
  async function expectRoomButLists(steps: number) {
    const model = room.after(steps);
    const loaded = await store.loadRoom("t", "old");
    expect(loaded?.head).toEqual(model.head);
    expect(loaded?.members).toEqual(model.members);
    expect(loaded?.recent).toHaveLength(1);
    expect(await store.readMessages("t", "old", { limit: 10 })).toEqual(model.messages);
    expect(await store.readMessages("t", "old", { after: 1, limit: 10 })).toEqual([]);
    expect(await store.readEvents("t", "old", { afterSeq: 0, limit: 10 })).toEqual(model.events);
    const next = room.head.lastMessage?.id ?? "";
    expect(await store.findMessages("t", "old", [next])).toEqual({ places: new Map(), expired: 0 });
    expect(await store.readMessage("t", "old", next)).toBeNull();
  }
});

test.each(["events", "messages", "message_index", "user_rooms"])(
  "when rows of %s fail, no head says that they are there",
  async (table) => {
    const room = new TestRoom("t", `fails-${table}`);
    room.add("a");
    await store.writeRooms([room.write()]);
    room.say("a", "hello");
    room.add("b");
    await crash(new RegExp(`INTO ${table} `), room.write(1));
    expect(await store.readHeads("t", [room.roomId])).toEqual([room.after(1).head]);
    expect(await store.readMember("t", room.roomId, "a")).toEqual(room.after(1).members[0]);
    await store.writeRooms([room.write(1)]);
    await expectRoom(store, room);
  },
);

test("rows that a head counts and that did not come about are shown all the same, and the next owner makes them whole", async () => {
  const room = new TestRoom("t", "head-alone");
  room.add("a");
  room.say("a", "one");
  const before = room.steps;
  await store.writeRooms([room.write()]);
  const { message } = room.say("a", "two");
  room.say("a", "three");
  await writeRooms(new HeadAlone(), [room.write(before)], 3_600);

  const rowsOf = async (table: string) =>
    (
      await client.execute(
        `SELECT * FROM ${table} WHERE tenant_id = 't' AND room_id = 'head-alone' AND bucket = 0`,
      )
    ).rowLength;
  expect([await rowsOf("messages"), await rowsOf("events")]).toEqual([1, 2]);
  expect(await store.readMessage("t", room.roomId, message.id)).toEqual(room.after(before + 1).messages[1]);
  const newer = await store.readMessages("t", room.roomId, { after: 1, limit: 1 });
  expect(newer.map(({ message: { number } }) => number)).toEqual([2]);
  const first = await store.readEvents("t", room.roomId, { afterSeq: 2, limit: 1 });
  expect(first.map(({ event: { seq } }) => seq)).toEqual([3]);
  const model = room.after(room.steps);
  expect(await store.readMessages("t", room.roomId, { limit: 10 })).toEqual(model.messages.toReversed());
  expect(await store.readEvents("t", room.roomId, { afterSeq: 0, limit: 10 })).toEqual(model.events);
  expect([...(await store.findMessages("t", room.roomId, [message.id])).places.keys()]).toEqual([message.id]);

  expect((await store.loadRoom("t", room.roomId))?.recent.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect([await rowsOf("messages"), await rowsOf("events")]).toEqual([3, 4]);
  const now = room.steps;
  room.say("a", "four");
  await store.writeRooms([room.write(now)]);
  await expectRoom(store, room);
});

test("a message that changed is what its head says, and so is what it said before, where nothing but the head came about", async () => {
  const room = new TestRoom("t", "change-alone");
  room.add("a");
  for (const body of ["one", "two", "three"]) room.say("a", body);
  await store.writeRooms([room.write()]);
  const rowsOf = async (table: string) => {
    const where = "tenant_id = 't' AND room_id = 'change-alone' AND bucket = 0";
    return JSON.stringify((await client.execute(`SELECT JSON * FROM ${table} WHERE ${where}`)).rows);
  };
  const expectVersions = async () => {
    const read = (number: number) => store.readVersions("t", room.roomId, { number, afterSeq: 0, limit: 10 });
    expect((await read(1)).map(({ body }) => body)).toEqual(["one"]);
    expect((await read(2)).map(({ body }) => body)).toEqual(["two"]);
  };

  room.edit(1, "one changed");
  await store.writeRooms([room.write(room.steps - 1)]);
  room.edit(2, "two changed");
  await writeRooms(new HeadAlone(), [room.write(room.steps - 1)], 3_600);
  // Neither what the write before had changed came to its place, nor what this one said before.
  expect(await rowsOf("messages")).not.toContain("changed");
  expect(await rowsOf("message_versions")).not.toContain("two");
  await expectVersions();
  const model = room.after(room.steps);
  expect(await store.readMessages("t", room.roomId, { limit: 10 })).toEqual(model.messages.toReversed());
  expect(await store.readEvents("t", room.roomId, { afterSeq: 0, limit: 10 })).toEqual(model.events);

  const loaded = await store.loadRoom("t", room.roomId);
  expect(loaded?.unsettled.map(({ message }) => message.body)).toEqual(["one changed", "two changed"]);
  expect(await rowsOf("message_versions")).toContain("two");
  room.say("a", "four");
  await store.writeRooms([room.write(room.steps - 1)]);
  expect(await rowsOf("messages")).toMatch(/one changed.*two changed|two changed.*one changed/s);
  await expectVersions();
  await expectRoom(store, room);
});

test("what changed is in the head no longer than until it is at its place", async () => {
  const room = new TestRoom("t", "settled");
  room.add("a");
  room.say("a", "one");
  await store.writeRooms([room.write()]);
  room.edit(1, "changed");
  await store.writeRooms([room.write(room.steps - 1)]);
  const changed = async () => (await store.loadRoom("t", room.roomId))?.unsettled.length;
  expect(await changed()).toBe(1);
  const edited = room.steps;
  room.read("a", 1);
  await store.writeRooms([room.write(edited)]);
  expect(await changed()).toBe(1);
  room.read("a", 1);
  await store.writeRooms([{ ...room.write(edited + 1), settled: [] }]);
  expect(await changed()).toBe(0);
  await expectRoom(store, room);
});

test("a head that went after its rows has no tail", async () => {
  const room = new TestRoom("t", "no-tail");
  room.add("a");
  await store.writeRooms([room.write()]);
  const tailNow = async () =>
    (
      await client.execute(
        "SELECT tail FROM rooms WHERE tenant_id = 't' AND room_id = 'no-tail' AND user_id = ''",
      )
    ).rows[0]?.tail;
  expect(await tailNow()).toBe("");
  room.say("a", "short");
  await store.writeRooms([room.write(1)]);
  expect(await tailNow()).toContain("short");
  room.say("a", "long".repeat(1_000));
  await store.writeRooms([room.write(2)]);
  expect(await tailNow()).toBe("");
  await expectRoom(store, room);
});

test("what was erased is gone at once, and where its writer died, once its room is loaded", async () => {
  const rowsOf = async (table: string) => {
    const { rows } = await client.execute(
      `SELECT JSON * FROM ${table} WHERE tenant_id = 't' AND room_id = 'erased' AND bucket = 0`,
    );
    return JSON.stringify(rows);
  };
  const tables = ["messages", "events", "message_versions"];
  const left = async () => (await Promise.all(tables.map(rowsOf))).join();
  const room = new TestRoom("t", "erased");
  room.add("a");
  room.say("a", "secret 1");
  room.say("a", "secret 2");
  room.edit(1, "secret 3");
  room.edit(2, "secret 4");
  await store.writeRooms([room.write()]);
  room.erase(1);
  await store.writeRooms([room.write(5)]);
  expect(await left()).not.toMatch(/secret [13]/);
  expect(await left()).toMatch(/secret 2/);

  room.erase(2);
  await crash(/DELETE FROM message_versions/, room.write(6));
  expect(await left()).toMatch(/secret 2/);
  await expectRoom(store, room);
  expect(await left()).not.toContain("secret");
});

test("a closed room is in its members' archive under the day it closed", async () => {
  const room = new TestRoom("t", "archived");
  room.add("a", "owner");
  await store.writeRooms([room.write()]);
  room.close();
  await store.writeRooms([room.write(1)]);
  const { rows } = await client.execute(
    "SELECT closed_at, room_id FROM closed_user_rooms WHERE tenant_id = 't' AND user_id = 'a' AND closed_year = 2026",
  );
  expect(rows.map(({ closed_at, room_id }) => [closed_at, room_id])).toEqual([
    [room.head.updatedAt, "archived"],
  ]);
});

test.each(["rooms", "messages", "events", "message_index", "user_rooms"])(
  "writing leaves no tombstones in %s",
  async (table) => {
    const room = new TestRoom("t", `clean-${table}`);
    room.add("clean");
    room.say("clean", "hello");
    await store.writeRooms([room.write()]);
    const key = table === "user_rooms" ? "user_id = 'clean'" : `room_id = '${room.roomId}'`;
    const bucket = { messages: " AND bucket = 0", events: " AND bucket = 0", message_index: " AND span = 0" }[
      table
    ];
    const { rowLength, info } = await client.execute(
      `SELECT * FROM ${table} WHERE tenant_id = 't' AND ${key}${bucket ?? ""}`,
      [],
      { traceQuery: true },
    );
    const trace = await client.metadata.getTrace(info.traceId);
    const read = trace.events
      .map(({ activity }) => String(activity))
      .filter((text) => /^Read \d+ live/.test(text));
    expect(rowLength).toBeGreaterThan(0);
    expect(read).not.toEqual([]);
    for (const text of read) expect(text).toContain(" 0 tombstone");
  },
);

test("a crash between the head that lets messages go and their rows leaves the rows to whoever loads the room", async () => {
  const room = new TestRoom("t", "expiring");
  room.add("a");
  for (let i = 1; i <= 5; i++) room.say("a", `${i}`);
  room.edit(2, "changed");
  const before = room.steps;
  await store.writeRooms([room.write()]);
  room.expire(3);
  await crash(/DELETE FROM messages /, room.write(before));
  const rowsOf = async (table: string) =>
    (
      await client.execute(
        `SELECT * FROM ${table} WHERE tenant_id = 't' AND room_id = 'expiring' AND bucket = 0`,
      )
    ).rowLength;
  expect(await rowsOf("messages")).toBe(5);
  await store.loadRoom("t", "expiring");
  const index = await client.execute(
    "SELECT * FROM message_index WHERE tenant_id = 't' AND room_id = 'expiring' AND span = 0",
  );
  expect(index.rowLength).toBe(2);
  expect([await rowsOf("messages"), await rowsOf("message_versions"), await rowsOf("events")]).toEqual([
    2, 0, 4,
  ]);
  await expectRoom(store, room);
});

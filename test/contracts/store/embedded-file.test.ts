import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Database, openDatabase } from "#shared/embedded/database.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import { TestRoom } from "./test-room.ts";
import { allEvents, allMessages, expectRoom } from "./visible.ts";

const directory = mkdtempSync(join(tmpdir(), "sendsar-store-"));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
const newFile = () => join(directory, `${++files}.db`);

function usingFile<T>(path: string, use: (database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase(path);
  return use(database).finally(() => database.close());
}

test("what was written is there after the file was closed and opened again", async () => {
  const path = newFile();
  const room = new TestRoom("t", "r");
  room.add("a");
  room.say("a", "hello");
  await usingFile(path, async (database) => {
    const store = createEmbeddedStore({ database });
    await store.writeRooms([room.write()]);
    await store.putTenant({ tenantId: "t", name: "T", settings: {}, createdAt: room.head.createdAt });
    await store.pinDeployment({ epoch: 1, partitions: 8, log: "a" });
  });
  await usingFile(path, async (database) => {
    const store = createEmbeddedStore({ database });
    await expectRoom(store, room);
    expect((await store.getTenant("t"))?.name).toBe("T");
    const pinned = await store.pinDeployment({ epoch: 2, partitions: 9, log: "b" });
    expect(pinned).toEqual({ epoch: 1, partitions: 8, log: "a" });
  });
});

test("opening twice migrates once, and a file of a newer release is refused and left alone", async () => {
  const path = newFile();
  await usingFile(path, async (database) => {
    createEmbeddedStore({ database });
    createEmbeddedStore({ database });
    database.exec("UPDATE store_schema SET version = version + 1");
    expect(() => createEmbeddedStore({ database })).toThrow("a newer release has used it");
  });
  await usingFile(path, async (database) => {
    expect(() => createEmbeddedStore({ database })).toThrow("a newer release has used it");
    database.exec("UPDATE store_schema SET version = version - 1");
    expect(await createEmbeddedStore({ database }).getTenant("t")).toBeNull();
  });
});

test("a call that fails in its middle leaves nothing", async () => {
  await usingFile(newFile(), async (database) => {
    const store = createEmbeddedStore({ database });
    database.exec(`CREATE TRIGGER full BEFORE INSERT ON store_events WHEN NEW.seq = 3
      BEGIN SELECT RAISE(ABORT, 'planted'); END`);
    const room = new TestRoom("t", "r");
    room.add("a");
    room.say("a", "one");
    await store.writeRooms([room.write()]);
    const other = new TestRoom("t", "other");
    other.add("a");
    room.say("a", "two");
    await expect(store.writeRooms([other.write(), room.write(2)])).rejects.toThrow("planted");
    await expectRoom(store, room, { steps: 2 });
    expect(await store.readHeads("t", ["other"])).toEqual([null]);
    database.exec("DROP TRIGGER full");
    await store.writeRooms([other.write(), room.write(2)]);
    await expectRoom(store, room);
  });
});

test("a disk without room makes writes unavailable and leaves reads", async () => {
  await usingFile(newFile(), async (database) => {
    const store = createEmbeddedStore({ database });
    const room = new TestRoom("t", "r");
    room.add("a");
    await store.writeRooms([room.write()]);
    const { page_count } = database.prepare("PRAGMA page_count").get() ?? {};
    database.exec(`PRAGMA max_page_count = ${page_count}`);
    for (let n = 0; n < 400; n++) room.say("a", "x".repeat(1_000));
    await expect(store.writeRooms([room.write(1)])).rejects.toMatchObject({ code: "store_unavailable" });
    await expectRoom(store, room, { steps: 1 });
    database.exec("PRAGMA max_page_count = 1000000");
    await store.writeRooms([room.write(1)]);
    await expectRoom(store, room);
  });
});

test("events older than their time go as new ones come, and the messages stay", async () => {
  await usingFile(newFile(), async (database) => {
    // A step of a test room takes a second.
    const store = createEmbeddedStore({ database, eventRetentionSeconds: 600 });
    const room = new TestRoom("t", "r");
    const bystander = new TestRoom("t", "bystander");
    bystander.add("a");
    await store.writeRooms([bystander.write()]);
    room.add("a");
    for (let n = 0; n < 1_500; n++) room.say("a", `${n}`);
    for (let from = 0; from < room.steps; from += 100) {
      await store.writeRooms([room.write(from, Math.min(from + 100, room.steps))]);
    }
    const { events } = room.after(room.steps);
    const kept = await allEvents(store, room);
    expect(kept).toEqual(events.slice(-kept.length));
    expect(kept.length).toBeGreaterThanOrEqual(300);
    expect(kept.length).toBeLessThan(300 + 512);
    expect(await allMessages(store, room)).toHaveLength(1_500);
    expect(await allEvents(store, bystander)).toHaveLength(1);
  });
});

test("an observer is told of every call, how long it took and whether it was done", async () => {
  await usingFile(newFile(), async (database) => {
    const calls: unknown[] = [];
    const store = createEmbeddedStore({
      database,
      observer: { called: (operation, seconds, ok) => calls.push([operation, seconds >= 0, ok]) },
    });
    await store.getTenant("t");
    await store.putTenant({ tenantId: "t", name: null, settings: {}, createdAt: "2026-01-01T00:00:00.000Z" });
    await store.close();
    await store.getTenant("t").catch(() => undefined);
    expect(calls).toEqual([
      ["getTenant", true, true],
      ["putTenant", true, true],
      ["getTenant", true, false],
    ]);
  });
});

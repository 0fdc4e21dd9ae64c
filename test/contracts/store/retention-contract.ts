import { expect, test } from "vitest";
import type { RetentionStore, RoomPlace } from "#shared/store/retention-store.ts";
import type { Subject } from "./contract.ts";
import { TestRoom } from "./test-room.ts";
import { expectRoom } from "./visible.ts";

/** Three at a time, over any number of pages. */
async function all<T>(read: (after: string | null) => Promise<{ items: readonly T[]; next: string | null }>) {
  const found: T[] = [];
  for (let after: string | null = null; ; ) {
    const { items, next } = await read(after);
    expect(items.length).toBeLessThanOrEqual(3);
    found.push(...items);
    if (next === null) return found;
    after = next;
  }
}

const roomsOf = ({ listRooms }: RetentionStore) =>
  all<RoomPlace>(async (after) => {
    const { rooms, next } = await listRooms({ after, limit: 3 });
    return { items: rooms, next };
  });

export function retentionContract({ store, tenant }: Subject): void {
  const bound = () => {
    const { retention } = store();
    const listRooms: RetentionStore["listRooms"] = (page) => retention.listRooms(page);
    return { ...retention, listRooms } as RetentionStore;
  };

  test("every room of every tenant is listed once, whatever became of it, and so is every tenant", async () => {
    const tenants = [tenant(), tenant(), tenant(), tenant()];
    const rooms = tenants.flatMap((tenantId) => ["r1", "r2"].map((roomId) => new TestRoom(tenantId, roomId)));
    for (const room of rooms) room.add("a");
    rooms[0]?.close();
    rooms[1]?.delete();
    for (const room of rooms) await store().writeRooms([room.write()]);
    const createdAt = new Date(0).toISOString();
    for (const tenantId of tenants) {
      await store().putTenant({ tenantId, name: `of ${tenantId}`, settings: {}, createdAt });
    }
    const isOurs = ({ tenantId }: { tenantId: string }) => tenants.includes(tenantId);
    const listed = (await roomsOf(bound())).filter(isOurs);
    const places = rooms.map(({ tenantId, roomId }) => ({ tenantId, roomId }));
    expect(listed).toHaveLength(places.length);
    expect(listed).toEqual(expect.arrayContaining(places));
    const known = await all(async (after) => {
      const { tenants: items, next } = await store().retention.listTenants({ after, limit: 3 });
      return { items, next };
    });
    expect(known.filter(isOurs).toSorted((a, b) => (a.tenantId < b.tenantId ? -1 : 1))).toEqual(
      tenants.toSorted().map((tenantId) => ({ tenantId, name: `of ${tenantId}`, settings: {}, createdAt })),
    );
  });

  test("events that go without a message, as of a room that has none, are gone for who reads on and for the next owner", async () => {
    const tenantId = tenant();
    const room = new TestRoom(tenantId, "unsaid");
    room.add("a");
    room.rename("secret");
    room.delete();
    await store().writeRooms([room.write(0, 2)]);
    const { head, ...write } = room.write(2);
    const { position, updatedAt: at, countable } = head;
    const after = { number: 0, seq: 0 };
    const expired = { number: 0, seq: head.seq, countable, after, at, position };
    await store().writeRooms([{ ...write, head: { ...head, name: null, expired } }]);
    const left = () => store().readEvents(tenantId, "unsaid", { afterSeq: 0, limit: 100 });
    expect(await left()).toEqual([]);
    expect((await store().loadRoom(tenantId, "unsaid"))?.head).toMatchObject({ name: null, expired });
    // What a writer that is behind writes brings none of it back.
    await store().writeRooms([room.write(0, 2)]);
    await store().loadRoom(tenantId, "unsaid");
    expect(await left()).toEqual([]);
  });

  test("a pass is what was last written of it", async () => {
    const pass = { heldBy: "n", heldAtMs: 1, begunAtMs: 2, after: "x", isDone: false };
    await store().retention.writePass(pass);
    await store().retention.writePass({ ...pass, heldAtMs: 3, isDone: true });
    expect(await store().retention.readPass()).toEqual({ ...pass, heldAtMs: 3, isDone: true });
  });

  test("of messages that were let go nothing is left, over any number of partitions, and pages begin after them", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    const first = room.say("a", "one").message;
    for (let i = 2; i <= 1_100; i++) {
      room.say("a", `${i}`, i % 10 === 0 ? { replyToId: first.id, threadId: first.id } : {});
    }
    room.edit(3, "changed");
    await store().writeRooms([room.write()]);
    const { tenantId, roomId } = room;
    for (const upTo of [100, 1_050]) {
      const before = room.steps;
      room.expire(upTo);
      await store().writeRooms([room.write(before)]);
      await expectRoom(store(), room);
      expect(await store().readMessage(tenantId, roomId, first.id)).toBeNull();
      const thread = await store().readThread(tenantId, roomId, { rootId: first.id, limit: 2_000 });
      expect(thread.at(-1)?.message.number).toBe(Math.floor(upTo / 10) * 10 + 10);
      const page = await store().readMessages(tenantId, roomId, { after: 0, limit: 10 });
      expect(page.at(-1)?.message.number).toBe(upTo + 1);
      expect(await store().readMessages(tenantId, roomId, { before: upTo + 1, limit: 10 })).toEqual([]);
      expect(await store().readVersions(tenantId, roomId, { number: 3, afterSeq: 0, limit: 5 })).toEqual([]);
    }
  });

  test("an older write does not bring them back, and what is said anew is there", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    const { message } = room.say("a", "one");
    room.edit(1, "once");
    const old = room.write();
    await store().writeRooms([old]);
    const before = room.steps;
    room.expire(1);
    await store().writeRooms([room.write(before)]);
    await store().writeRooms([old]);
    await expectRoom(store(), room);
    expect(await store().readMessage(room.tenantId, "r", message.id)).toBeNull();
    const then = room.steps;
    room.say("a", "one");
    await store().writeRooms([room.write(then)]);
    await store().writeRooms([old]);
    await expectRoom(store(), room);
  });
}

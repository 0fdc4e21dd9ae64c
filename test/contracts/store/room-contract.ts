import { expect, test } from "vitest";
import type { Subject } from "./contract.ts";
import { TestRoom } from "./test-room.ts";
import { expectRoom } from "./visible.ts";

export function roomContract({ store, tenant }: Subject): void {
  test("what nobody wrote is not there", async () => {
    const tenantId = tenant();
    expect(await store().loadRoom(tenantId, "r")).toBeNull();
    expect(await store().readHeads(tenantId, ["r", "s"])).toEqual([null, null]);
    expect(await store().readMember(tenantId, "r", "u")).toBeNull();
    expect(await store().readMembers(tenantId, "r", { limit: 10 })).toEqual([]);
    expect(await store().readMessages(tenantId, "r", { limit: 10 })).toEqual([]);
    expect(await store().readMessage(tenantId, "r", "msg_x")).toBeNull();
    expect(await store().findMessages(tenantId, "r", ["msg_x"])).toEqual({ places: new Map(), expired: 0 });
    expect(await store().readEvents(tenantId, "r", { afterSeq: 0, limit: 10 })).toEqual([]);
    expect(await store().listOpenRooms(tenantId, "u")).toEqual([]);
  });

  test("a room is read as it was written, every field of it", async () => {
    const room = new TestRoom(tenant(), "r", 1, {
      type: "direct",
      name: "Trip 7",
      custom: { driver: { id: 7, tags: ["a", null, 1.5] } },
      closeAt: "2026-02-01T00:00:00.000Z",
    });
    room.add("a", "owner");
    room.add("b", "observer");
    room.say("a", "hello", {
      attachments: [{ type: "image", url: "https://example.com/a.png", size: 12, custom: { w: 1 } }],
      mentions: ["b"],
      replyToId: null,
      custom: { k: "v" },
    });
    room.read("b", 1);
    await store().writeRooms([room.write()]);
    await expectRoom(store(), room);
  });

  test("many rooms of several tenants are written by one call", async () => {
    const rooms = [tenant(), tenant()].flatMap((tenantId) =>
      Array.from({ length: 20 }, (_, index) => {
        const room = new TestRoom(tenantId, `r${index}`);
        room.add("a");
        for (let n = 0; n < index; n++) room.say("a", `${index}.${n}`);
        return room;
      }),
    );
    await store().writeRooms(rooms.map((room) => room.write()));
    for (const room of rooms) await expectHead(room);
    for (const room of rooms.slice(-2)) await expectRoom(store(), room);

    async function expectHead(room: TestRoom) {
      expect(await store().readHeads(room.tenantId, [room.roomId])).toEqual([room.head]);
    }
  });

  test("nothing to write is written at once", async () => {
    await expect(store().writeRooms([])).resolves.toBeUndefined();
  });

  test("heads come in the order asked for, with null for what is no room", async () => {
    const tenantId = tenant();
    const rooms = ["a", "b", "c"].map((roomId) => new TestRoom(tenantId, roomId));
    for (const room of rooms) room.add("u");
    await store().writeRooms(rooms.map((room) => room.write()));
    const heads = await store().readHeads(tenantId, ["c", "none", "a", "c", "b"]);
    expect(heads.map((head) => head?.roomId)).toEqual(["c", undefined, "a", "c", "b"]);
  });

  test("a thousand heads are read by one call", async () => {
    const tenantId = tenant();
    const rooms = Array.from({ length: 1_000 }, (_, index) => new TestRoom(tenantId, `r${index}`));
    for (const room of rooms) room.add("u");
    await store().writeRooms(rooms.map((room) => room.write()));
    const heads = await store().readHeads(
      tenantId,
      rooms.map(({ roomId }) => roomId),
    );
    expect(heads).toEqual(rooms.map(({ head }) => head));
    expect(await store().listOpenRooms(tenantId, "u")).toHaveLength(1_000);
  });

  test("only the newest 256 messages are recent", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    for (let n = 1; n <= 300; n++) room.say("a", `${n}`);
    await store().writeRooms([room.write()]);
    const loaded = await store().loadRoom(room.tenantId, "r");
    expect(loaded?.recent.map(({ number }) => number)).toEqual(Array.from({ length: 256 }, (_, i) => i + 45));
  });

  test("a room leaves its members' lists when it closes and is back when it opens again", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a", "owner");
    room.add("b");
    await store().writeRooms([room.write()]);
    await expectRoom(store(), room);

    let written = room.steps;
    const next = async () => {
      await store().writeRooms([room.write(written)]);
      written = room.steps;
      await expectRoom(store(), room, { users: ["a", "b", "c"] });
    };
    room.freeze();
    await next();
    room.close();
    await next();
    room.read("a", 0);
    room.add("c");
    room.remove("b");
    await next();
    room.reopen();
    await next();
    room.read("c", 0);
    room.close();
    room.reopen();
    await next();
  });

  test("a deleted room is in nobody's list, and is still a room", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    room.say("a", "hello");
    await store().writeRooms([room.write()]);
    room.delete();
    await store().writeRooms([room.write(2)]);
    await expectRoom(store(), room);
    expect(room.head.deleted).toBe(true);
  });

  test("a call with a row that cannot be written leaves every room as it was", async () => {
    const tenantId = tenant();
    const good = new TestRoom(tenantId, "good");
    const bad = new TestRoom(tenantId, "bad");
    for (const room of [good, bad]) room.add("a");
    await store().writeRooms([good.write(), bad.write()]);
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    good.say("a", "lost");
    bad.say("a", "unwritable", { custom: circular });
    await expect(store().writeRooms([good.write(1), bad.write(1)])).rejects.toThrow();
    await expectRoom(store(), good, { steps: 1 });
    await expectRoom(store(), bad, { steps: 1 });
  });
}

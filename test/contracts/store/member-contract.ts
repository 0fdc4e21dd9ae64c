import { expect, test } from "vitest";
import type { Subject } from "./contract.ts";
import { TestRoom } from "./test-room.ts";
import { expectRoom } from "./visible.ts";

export function memberContract({ store, tenant }: Subject): void {
  test("members are paged by id, byte by byte", async () => {
    const room = new TestRoom(tenant(), "r");
    const ids = ["B", "a", "a-1", "a.1", "a:1", "a@x", "a|x", "b", "1", "10", "2", "_", "Z9"];
    for (const id of ids) room.add(id);
    await store().writeRooms([room.write()]);
    const sorted = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const page = (after: string | undefined, limit: number) =>
      store()
        .readMembers(room.tenantId, "r", after === undefined ? { limit } : { after, limit })
        .then((rows) => rows.map(({ userId }) => userId));
    expect(await page(undefined, 100)).toEqual(sorted);
    expect(await page(undefined, 3)).toEqual(sorted.slice(0, 3));
    expect(await page(sorted[4], 3)).toEqual(sorted.slice(5, 8));
    expect(await page(sorted.at(-1), 3)).toEqual([]);
    expect(await page("a0", 2)).toEqual(sorted.filter((id) => id > "a0").slice(0, 2));
  });

  test("a thousand members come with their room", async () => {
    const room = new TestRoom(tenant(), "r");
    for (let n = 0; n < 1_000; n++) room.add(`user-${n}`, n === 0 ? "owner" : "member");
    await store().writeRooms([room.write()]);
    const loaded = await store().loadRoom(room.tenantId, "r");
    expect(loaded?.members).toHaveLength(1_000);
    expect(loaded?.head.memberCount).toBe(1_000);
  });

  test("a removed member is gone from every read, and comes back when added again", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    room.add("b");
    await store().writeRooms([room.write()]);
    room.remove("b");
    await store().writeRooms([room.write(2)]);
    await expectRoom(store(), room, { users: ["b"] });
    room.add("b", "readonly");
    await store().writeRooms([room.write(3)]);
    await expectRoom(store(), room);
    expect((await store().readMember(room.tenantId, "r", "b"))?.role).toBe("readonly");
  });

  test("an observer's open rooms are its own to know, and those in which it is a member are all", async () => {
    const users = ["staff", "ann"];
    const seen = (userId: string) => store().listSeenRooms(room.tenantId, userId);
    const room = new TestRoom(tenant(), "r");
    room.add("ann", "member", { plate: "B AC 1024" });
    room.add("staff", "observer");
    await store().writeRooms([room.write()]);
    await expectRoom(store(), room, { users });
    expect(await store().listOpenRooms(room.tenantId, "staff")).toEqual(["r"]);
    expect([await seen("staff"), await seen("ann")]).toEqual([[], ["r"]]);
    // Over a closing, and in one batch from an observer to a member.
    room.close();
    room.reopen();
    await store().writeRooms([room.write(2)]);
    expect([await seen("staff"), await seen("ann")]).toEqual([[], ["r"]]);
    room.remove("staff");
    room.add("staff", "member");
    await store().writeRooms([room.write(4)]);
    expect(await seen("staff")).toEqual(["r"]);
    room.close();
    await store().writeRooms([room.write(6)]);
    expect([await seen("staff"), await seen("ann")]).toEqual([[], []]);
  });

  test("who is removed and added in one batch is a member, and who comes and goes is none", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("stays");
    room.add("returns");
    await store().writeRooms([room.write()]);
    room.remove("returns");
    room.add("passes");
    room.add("returns", "owner");
    room.remove("passes");
    await store().writeRooms([room.write(2)]);
    await expectRoom(store(), room, { users: ["passes"] });
  });

  test("of a row and a removal at one position the removal stays, in whatever order they come", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    room.add("b");
    const both = room.write();
    const position = room.head.position;
    const removed = { ...both, removedMembers: [{ position, userId: "b" }] };
    await store().writeRooms([removed]);
    await store().writeRooms([both]);
    expect(await store().readMember(room.tenantId, "r", "b")).toBeNull();
    expect(await store().listOpenRooms(room.tenantId, "b")).toEqual([]);
    await store().writeRooms([removed]);
    expect((await store().readMembers(room.tenantId, "r", { limit: 9 })).map((row) => row.userId)).toEqual([
      "a",
    ]);
  });

  test("a membership follows role and marker", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    room.say("a", "1");
    room.say("a", "2");
    await store().writeRooms([room.write()]);
    room.read("a", 2);
    await store().writeRooms([room.write(3)]);
    const [membership] = await store().readMemberships(room.tenantId, "a", ["r"]);
    expect(membership?.member).toMatchObject({
      role: "member",
      joinedSeq: 1,
      readNumber: 2,
      readCountable: 2,
    });
    expect(await store().listOpenRooms(room.tenantId, "a")).toEqual(["r"]);
    room.setBack("a", 0);
    await store().writeRooms([room.write(4)]);
    await expectRoom(store(), room);
    room.add("a", "observer");
    await store().writeRooms([room.write(5)]);
    await expectRoom(store(), room);
  });

  test("no user id reads the room itself", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    await store().writeRooms([room.write()]);
    expect(await store().readMember(room.tenantId, "r", "")).toBeNull();
    expect(await store().readMembers(room.tenantId, "r", { after: "", limit: 9 })).toHaveLength(1);
  });
}

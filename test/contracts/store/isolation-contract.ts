import { expect, test } from "vitest";
import type { Subject } from "./contract.ts";
import { TestRoom } from "./test-room.ts";
import { expectRoom } from "./visible.ts";

const at = "2026-01-01T00:00:00.000Z";

export function isolationContract({ store, tenant }: Subject): void {
  test("the same ids in two tenants are different rooms, messages, events and members", async () => {
    const rooms = [tenant(), tenant()].map((tenantId) => {
      const room = new TestRoom(tenantId, "r");
      room.add("a", "owner");
      room.add(`of ${tenantId}`.replace(" ", "-"));
      for (let n = 0; n < 3; n++) room.say("a", `${tenantId} ${n}`, { id: `msg_${n}` });
      return room;
    });
    const [one, other] = rooms;
    if (one === undefined || other === undefined) throw new Error("two were made");
    other.say("a", "one more", { id: "msg_3" });
    other.read("a", 4);
    for (const room of rooms) await store().writeRooms([room.write()]);
    for (const room of rooms)
      await expectRoom(store(), room, { users: [`of-${one.tenantId}`, `of-${other.tenantId}`] });

    one.remove("a");
    one.close();
    await store().writeRooms([one.write(5)]);
    for (const room of rooms) await expectRoom(store(), room, { users: ["a"] });
  });

  test("a room of one tenant is none of another", async () => {
    const [tenantId, stranger] = [tenant(), tenant()];
    const room = new TestRoom(tenantId, "r");
    room.add("a");
    const { message } = room.say("a", "secret");
    await store().writeRooms([room.write()]);
    expect(await store().loadRoom(stranger, "r")).toBeNull();
    expect(await store().readHeads(stranger, ["r"])).toEqual([null]);
    expect(await store().readMemberships(stranger, "a", ["r"])).toEqual([null]);
    expect(await store().readMember(stranger, "r", "a")).toBeNull();
    expect(await store().readMembers(stranger, "r", { limit: 10 })).toEqual([]);
    expect(await store().readMessages(stranger, "r", { limit: 10 })).toEqual([]);
    expect(await store().readMessage(stranger, "r", message.id)).toBeNull();
    expect(await store().findMessages(stranger, "r", [message.id])).toEqual({
      places: new Map(),
      expired: 0,
    });
    expect(await store().readEvents(stranger, "r", { afterSeq: 0, limit: 10 })).toEqual([]);
    expect(await store().listOpenRooms(stranger, "a")).toEqual([]);
  });

  test("reads of the same ids at the same time are each tenant's own", async () => {
    const rooms = [tenant(), tenant(), tenant()].map((tenantId, index) => {
      const room = new TestRoom(tenantId, "r");
      room.add("a");
      for (let n = 0; n <= index; n++) room.say("a", `${tenantId} ${n}`, { id: `msg_${n}` });
      return room;
    });
    await store().writeRooms(rooms.map((room) => room.write()));
    // Some of each, so that shared reads are among them.
    await Promise.all([...rooms, ...rooms, ...rooms].map((room) => expectRoom(store(), room)));
  });

  test("ids that run together when joined are kept apart", async () => {
    const base = tenant();
    const rooms = [
      new TestRoom(base, "x:y"),
      new TestRoom(`${base}:x`, "y"),
      new TestRoom(`${base}:x:y`, "y"),
    ];
    for (const room of rooms) {
      room.add("a");
      room.say("a", `${room.tenantId} / ${room.roomId}`);
    }
    await store().writeRooms(rooms.map((room) => room.write()));
    for (const room of rooms) await expectRoom(store(), room);
  });

  test("profiles, revocations and keys are a tenant's own", async () => {
    const [one, other] = [tenant(), tenant()];
    await store().upsertUser(one, "u", { displayName: "One", at });
    await store().setRevokedBefore(one, "u", at);
    const key = { tenantId: one, secretHash: "h", description: null, createdAt: at, revokedAt: null };
    await store().putApiKey({ ...key, keyId: `${one}-key` });
    expect(await store().getUser(other, "u")).toBeNull();
    expect(await store().getRevokedBefore(other, "u")).toBeNull();
    expect(await store().listApiKeys(other)).toEqual([]);
    await store().upsertUser(other, "u", { displayName: "Other", at });
    expect((await store().getUser(one, "u"))?.displayName).toBe("One");
  });
}

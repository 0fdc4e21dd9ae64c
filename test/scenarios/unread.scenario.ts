import { expect, test } from "vitest";
import type { RoomSummary } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

async function unreadOf(tenant: Tenant, userId: string, roomId: string): Promise<number | undefined> {
  const { body } = await tenant.as(userId).get<{ items: RoomSummary[] }>("/v1/rooms");
  return body.items.find((room) => room.roomId === roomId)?.unread;
}

export function unread(stage: Stage): void {
  test("others' messages count, one's own, system and silent ones never do", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const [ada, bob] = [await tenant.connect("ada"), await tenant.connect("bob")];
    const post = (caller: ReturnType<Tenant["as"]>, body: object) =>
      caller.post(`/v1/rooms/${roomId}/messages`, body);
    await post(tenant.as("bob"), { body: "counts" });
    await post(tenant.as("bob"), { body: "whispered", silent: true });
    await post(tenant.server, { body: "Trip started", kind: "system" });
    await post(tenant.as("bob"), { body: "counts too" });
    await Promise.all([ada.reached(roomId, 5), bob.reached(roomId, 5)]);
    expect(ada.events(roomId).map(({ unread }) => unread)).toEqual([1, 1, 1, 2]);
    expect(bob.events(roomId).map(({ unread }) => unread)).toEqual([0, 0, 0, 0]);
    expect(await unreadOf(tenant, "ada", roomId)).toBe(2);
    expect(await unreadOf(tenant, "bob", roomId)).toBe(0);
    expect((await tenant.as("ada").get(`/v1/rooms/${roomId}`)).body).toMatchObject({ unread: 2 });
    await Promise.all([ada.close(), bob.close()]);
    const back = await tenant.connect("ada");
    expect(back.connected.rooms).toMatchObject([{ roomId, unread: 2, seq: 5 }]);
    await back.close();
  });

  test("sending in a room reads it", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const ada = await tenant.connect("ada");
    for (const body of ["1", "2", "3"]) await tenant.as("bob").post(`/v1/rooms/${roomId}/messages`, { body });
    expect(await ada.reached(roomId, 4)).toMatchObject({ unread: 3 });
    await ada.send(roomId, "c-1", "on my way");
    expect(await ada.reached(roomId, 5)).toMatchObject({ senderId: "ada", unread: 0 });
    expect(await unreadOf(tenant, "ada", roomId)).toBe(0);
    await tenant.as("bob").post(`/v1/rooms/${roomId}/messages`, { body: "4" });
    expect(await ada.reached(roomId, 6)).toMatchObject({ unread: 1 });
    await ada.close();
  });

  test("a read marker moves forward only, and every device of its user is told the new count", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const [phone, tablet] = [await tenant.connect("ada"), await tenant.connect("ada")];
    const bob = await tenant.connect("bob");
    for (const body of ["1", "2", "3", "4"]) await bob.send(roomId, body, body);
    await phone.reached(roomId, 5);
    expect(await phone.request({ type: "room.read", roomId, number: 3 })).toMatchObject({ type: "ok" });
    for (const device of [phone, tablet]) {
      const receipt = await device.next(({ type }) => type === "receipt.read");
      expect(receipt).toMatchObject({ roomId, userId: "ada", number: 3, unread: 1 });
    }
    // Bob, who has sent everything, has nothing unread, and learns how far ada has read.
    expect(await bob.next(({ type }) => type === "receipt.read")).toMatchObject({
      userId: "ada",
      number: 3,
      unread: 0,
    });
    const back = await tenant.as("ada").post(`/v1/rooms/${roomId}/read`, { number: 1 });
    expect(back.body).toMatchObject({ userId: "ada", readNumber: 3 });
    const beyond = await tenant.as("ada").post(`/v1/rooms/${roomId}/read`, { number: 900 });
    expect(beyond.body).toMatchObject({ userId: "ada", readNumber: 4 });
    expect(await unreadOf(tenant, "ada", roomId)).toBe(0);
    await Promise.all([phone.close(), tablet.close(), bob.close()]);
  });

  test("a member that comes later has nothing unread of what was before", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"], "group");
    for (const body of ["1", "2"]) await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body });
    await tenant.server.put(`/v1/rooms/${roomId}/members/cleo`, {});
    expect(await unreadOf(tenant, "cleo", roomId)).toBe(0);
    await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "3" });
    expect(await unreadOf(tenant, "cleo", roomId)).toBe(1);
    expect(await unreadOf(tenant, "bob", roomId)).toBe(3);
  });

  test("the SDK's rooms show the server's count, live and after a reconnect", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const { client, connect } = tenant.sdk("ada");
    await connect();
    for (const body of ["1", "2"]) await tenant.as("bob").post(`/v1/rooms/${roomId}/messages`, { body });
    await eventually(() => expect(client.rooms.get(roomId)?.unread).toBe(2));
    await client.markRead(roomId, 1);
    await eventually(() => expect(client.rooms.get(roomId)?.unread).toBe(1));
    client.disconnect();
    await connect();
    expect(client.rooms.get(roomId)).toMatchObject({ unread: 1, readNumber: 1, number: 2 });
    client.disconnect();
  });
}

import { expect, test } from "vitest";
import type { MemberResource, RoomSummary } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import { presenceOf, toldOf } from "./presence.scenario.ts";
import type { Stage } from "./stage.ts";

export function ownSettings(stage: Stage): void {
  test("one who hides its receipts reads for itself alone, also in rooms that it comes to later", async () => {
    const tenant = await stage.tenant();
    const before = await tenant.room(["ada", "bob"]);
    expect((await tenant.as("ada").get("/v1/privacy")).body).toEqual({ receipts: true, presence: true });
    const set = await tenant.as("ada").put("/v1/privacy", { receipts: false });
    expect(set.body).toEqual({ receipts: false, presence: true });
    const after = await tenant.room(["ada", "bob"]);
    await tenant.server.put(`/v1/rooms/${before}/members/ada`, {});
    const [ada, tablet, bob] = [
      await tenant.connect("ada"),
      await tenant.connect("ada"),
      await tenant.connect("bob"),
    ];
    for (const roomId of [before, after]) {
      for (const body of ["1", "2"]) await bob.send(roomId, body, body);
      expect(await ada.message(roomId, "2")).toMatchObject({ unread: 2 });
      await ada.request({ type: "room.delivered", roomId, number: 2 });
      await ada.request({ type: "room.read", roomId, number: 1 });
      const own = await tablet.next((frame) => frame.type === "receipt.read" && frame.roomId === roomId);
      expect(own).toMatchObject({ userId: "ada", number: 1, unread: 1 });
      const seen = await tenant.as("bob").get<MemberResource>(`/v1/rooms/${roomId}/members/ada`);
      expect(seen.body).toMatchObject({ readNumber: 0, deliveredNumber: 0 });
      await ada.send(roomId, "own", "3");
      await bob.message(roomId, "3");
    }
    await bob.settled();
    expect(bob.frames.filter(({ type }) => type.startsWith("receipt."))).toEqual([]);
    const list = await tenant.as("ada").get<{ items: RoomSummary[] }>("/v1/rooms");
    expect(list.body.items.map(({ readNumber, unread }) => [readNumber, unread])).toEqual([
      [3, 0],
      [3, 0],
    ]);

    // Shown again, it shows what is read from then on.
    await tenant.as("ada").put("/v1/privacy", { receipts: true });
    await bob.send(before, "4", "4");
    await ada.request({ type: "room.read", roomId: before, number: 4 });
    expect(await bob.next(({ type }) => type === "receipt.read")).toMatchObject({ userId: "ada", number: 4 });
    await Promise.all([ada, tablet, bob].map((client) => client.close()));
  });

  test("one who is invisible is offline to others, from when it says so until it shows itself", async () => {
    const tenant = await stage.tenant();
    await tenant.room(["ada", "bob"]);
    const ada = await tenant.connect("ada");
    const { client: bob, connect } = tenant.sdk("bob");
    await connect();
    await ada.request({ type: "presence.watch", userIds: ["bob"] });
    const told = () => toldOf(ada, "bob").map(({ online }) => online);
    await bob.own.setPrivacy({ presence: false });
    await eventually(() => expect(told().at(-1)).toBe(false));
    const away = [{ userId: "bob", online: false, lastSeenAt: null }];
    expect(await presenceOf(tenant.as("ada"), "bob")).toEqual(away);
    expect(await presenceOf(tenant.as("bob"), "bob")).toMatchObject([{ online: true }]);
    expect(await presenceOf(tenant.server, "bob")).toMatchObject([{ online: true }]);
    await bob.own.setPrivacy({ presence: true });
    await eventually(() => expect(told()).toEqual([false, true]));
    const nothing = await ada.request({ type: "privacy.set" });
    expect(nothing.error).toMatchObject({ code: "invalid_request" });
    bob.disconnect();
    await ada.close();
  });

  test("a muted room is muted for its member alone, on all its devices, and no part of the total", async () => {
    const tenant = await stage.tenant();
    const [roomId, other] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "bob"])];
    const [ada, bob] = [await tenant.connect("ada"), await tenant.connect("bob")];
    const { client, connect } = tenant.sdk("ada");
    await connect();
    for (const room of [roomId, other]) await bob.send(room, "1", "1");
    await client.own.mute(roomId, true);
    const muted = await ada.next(({ type }) => type === "room.muted");
    expect(muted).toMatchObject({ roomId, userId: "ada", muted: true });
    await eventually(() => expect(client.rooms.get(roomId)?.muted).toBe(true));
    await eventually(() => expect(client.unreadTotal).toBe(1));
    expect((await tenant.as("ada").get("/v1/unread")).body).toEqual({ unreadTotal: 1 });
    const rooms = await tenant.as("bob").get<{ items: RoomSummary[] }>("/v1/rooms");
    expect(rooms.body.items.map((room) => room.muted)).toEqual([false, false]);
    // It counts as ever.
    await bob.send(roomId, "2", "2");
    expect(await ada.message(roomId, "2")).toMatchObject({ unread: 2 });
    const again = await tenant.connect("ada");
    expect(again.connected.unreadTotal).toBe(1);
    expect(again.connected.rooms.find((room) => room.roomId === roomId)).toMatchObject({ muted: true });
    const unmuted = await tenant.as("ada").delete(`/v1/rooms/${roomId}/mute`);
    expect(unmuted.body).toEqual({ roomId, muted: false });
    await eventually(() => expect(client.unreadTotal).toBe(3));
    await bob.settled();
    expect(bob.frames.filter(({ type }) => type === "room.muted")).toEqual([]);
    client.disconnect();
    await Promise.all([ada, bob, again].map((one) => one.close()));
  });
}

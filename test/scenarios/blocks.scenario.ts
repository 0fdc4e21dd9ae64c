import { expect, test } from "vitest";
import type { Message, RoomSummary } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import { presenceOf } from "./presence.scenario.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

const listed = async (tenant: Tenant, userId: string, roomId: string) => {
  const { body } = await tenant.as(userId).get<{ items: RoomSummary[] }>("/v1/rooms");
  return body.items.find((room) => room.roomId === roomId);
};
const history = async (tenant: Tenant, userId: string, roomId: string) => {
  const { body } = await tenant.as(userId).get<{ items: Message[] }>(`/v1/rooms/${roomId}/messages`);
  return body.items.map((message) => message.body).reverse();
};

export function blocks(stage: Stage): void {
  test("one who is blocked cannot send in a direct room, learns no reason, and can again when it is no more", async () => {
    const tenant = await stage.tenant();
    const before = await tenant.room(["ada", "bob"]);
    const [ada, bob] = [await tenant.connect("ada"), await tenant.connect("bob")];
    await bob.send(before, "1", "while they talk");
    expect(await ada.request({ type: "user.block", userId: "bob" })).toMatchObject({ type: "ok" });
    await ada.next((frame) => frame.type === "room.filtered" && frame.roomId === before);
    const after = await tenant.room(["ada", "bob"]);
    for (const roomId of [before, after]) {
      const refused = await tenant.as("bob").post(`/v1/rooms/${roomId}/messages`, { body: "no" });
      expect(refused).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
      expect(refused.text).not.toMatch(/block/i);
      const late = await bob.request({ type: "message.send", roomId, clientId: "late", body: "no" });
      if (late.type === "ok") {
        const rejected = await bob.next(
          (frame) => frame.type === "message.rejected" && frame.roomId === roomId,
        );
        expect(rejected.error).toMatchObject({ code: "forbidden" });
        expect(JSON.stringify(rejected)).not.toMatch(/block/i);
      } else expect(late.error).toMatchObject({ code: "forbidden" });
      // Who blocks may still write, and the server may tell both.
      await ada.send(roomId, "own", "still here");
      await tenant.server.post(`/v1/rooms/${roomId}/messages`, { kind: "system", body: "a line" });
      expect(await history(tenant, "bob", roomId)).toContain("a line");
    }
    const away = [{ userId: "ada", online: false, lastSeenAt: null }];
    expect(await presenceOf(tenant.as("bob"), "ada")).toEqual(away);
    expect((await tenant.as("ada").get("/v1/blocks")).body).toEqual({
      items: [{ userId: "bob" }],
      next: null,
    });
    expect((await tenant.as("bob").get("/v1/blocks")).body).toEqual({ items: [], next: null });

    expect((await tenant.as("ada").delete("/v1/blocks/bob")).status).toBe(204);
    for (const roomId of [before, after]) {
      await eventually(async () => {
        const sent = await tenant.as("bob").post(`/v1/rooms/${roomId}/messages`, { body: "again" });
        expect(sent.status).toBe(201);
      });
      await ada.message(roomId, "again");
    }
    await Promise.all([ada.close(), bob.close()]);
  });

  test("in a group what the blocked say is hidden from the one who blocks, live, in the history, in previews and counts", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob", "cleo"], "group");
    const [ada, bob, cleo] = [
      await tenant.connect("ada"),
      await tenant.connect("bob"),
      await tenant.connect("cleo"),
    ];
    await bob.send(roomId, "b1", "bob 1");
    await cleo.send(roomId, "c1", "cleo 1");
    await ada.message(roomId, "cleo 1");
    expect((await listed(tenant, "ada", roomId))?.unread).toBe(2);
    const { client, connect } = tenant.sdk("ada");
    await connect();
    await client.own.block("bob");
    expect(await ada.next(({ type }) => type === "room.filtered")).toMatchObject({
      unread: 1,
      blocked: ["bob"],
    });
    await eventually(() => expect(client.rooms.get(roomId)?.unread).toBe(1));

    await bob.send(roomId, "b2", "bob 2");
    await cleo.send(roomId, "c2", "cleo 2");
    expect(await ada.message(roomId, "cleo 2")).toMatchObject({ unread: 2 });
    await bob.send(roomId, "b3", "bob 3");
    await ada.reached(roomId, 6);
    expect(ada.events(roomId).map(({ type, seq, number }) => [type, seq, number])).toEqual([
      ["message.created", 2, 1],
      ["message.created", 3, 2],
      ["event.hidden", 4, 3],
      ["message.created", 5, 4],
      ["event.hidden", 6, 5],
    ]);
    expect(await listed(tenant, "ada", roomId)).toMatchObject({ unread: 2, lastMessage: { body: "cleo 2" } });
    expect(await listed(tenant, "cleo", roomId)).toMatchObject({ lastMessage: { body: "bob 3" } });
    const one = await tenant.as("ada").get(`/v1/rooms/${roomId}`);
    expect(one.body).toMatchObject({ unread: 2, number: 5, lastMessage: { body: "cleo 2" } });
    expect(await history(tenant, "ada", roomId)).toEqual(["cleo 1", "cleo 2"]);
    expect(await history(tenant, "cleo", roomId)).toEqual(["bob 1", "cleo 1", "bob 2", "cleo 2", "bob 3"]);
    const page = await ada.request({ type: "history", roomId });
    expect(JSON.stringify(page)).not.toContain("bob 1");
    const caught = await tenant.as("ada").get(`/v1/rooms/${roomId}/events?after=3`);
    expect(caught.text).not.toContain("bob 2");
    expect(caught.body).toMatchObject({ items: [{ type: "event.hidden", seq: 4, number: 3 }, {}, {}] });
    const all = await tenant.server.get<{ items: Message[] }>(`/v1/rooms/${roomId}/messages`);
    const [bobs] = all.body.items.filter(({ senderId }) => senderId === "bob");
    const hidden = await tenant.as("ada").get(`/v1/rooms/${roomId}/messages/${bobs?.id}`);
    expect(hidden).toMatchObject({ status: 404, body: { error: { code: "message_not_found" } } });

    // One who comes back to it is told the same.
    const again = await tenant.connect("ada", { [roomId]: 1 });
    await again.reached(roomId, 6);
    expect(JSON.stringify(again.frames)).not.toMatch(/bob \d/);
    expect(again.events(roomId).map(({ unread }) => unread ?? null)).toEqual([null, 1, null, 2, null]);
    expect(again.connected).toMatchObject({ unreadTotal: 2 });
    await ada.request({ type: "room.read", roomId, number: 2 });
    expect(await again.next(({ type }) => type === "receipt.read")).toMatchObject({ unread: 1 });

    // Blocked no more, all of it is there, and counts from where ada stands.
    await client.own.unblock("bob");
    const back = await again.next((frame) => frame.type === "room.filtered");
    expect(back).toMatchObject({ blocked: [], unread: 3 });
    expect(await history(tenant, "ada", roomId)).toHaveLength(5);
    expect((await listed(tenant, "ada", roomId))?.unread).toBe(3);
    client.disconnect();
    await Promise.all([ada, bob, cleo, again].map((one) => one.close()));
  });

  test("a user blocks others, not itself, and not without end", async () => {
    const tenant = await stage.tenant();
    const ada = tenant.as("ada");
    expect((await ada.put("/v1/blocks/ada", {})).status).toBe(400);
    expect((await ada.put("/v1/blocks/nobody", {})).body).toEqual({ userId: "nobody" });
    expect((await ada.put("/v1/blocks/nobody", {})).status).toBe(200);
    expect((await ada.delete("/v1/blocks/somebody")).status).toBe(204);
    expect((await ada.get("/v1/blocks")).body).toEqual({ items: [{ userId: "nobody" }], next: null });
  });
}

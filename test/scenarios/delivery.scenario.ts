import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";

const perSide = 20;

export function delivery(stage: Stage): void {
  test("both sides of a direct room receive everything in the same order, own messages included", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["rider", "driver"]);
    const sides = [await tenant.connect("rider"), await tenant.connect("driver")] as const;
    await Promise.all(
      sides.map(async (client, side) => {
        for (let i = 1; i <= perSide; i++) await client.send(roomId, `${side}-${i}`, `${side} says ${i}`);
      }),
    );
    const last = 1 + 2 * perSide;
    await Promise.all(sides.map((client) => client.reached(roomId, last)));
    const [rider, driver] = sides.map((client) => client.events(roomId));
    expect(rider?.map(({ seq }) => seq)).toEqual(Array.from({ length: 2 * perSide }, (_, i) => i + 2));
    expect(rider?.map(({ number }) => number)).toEqual(Array.from({ length: 2 * perSide }, (_, i) => i + 1));
    expect(rider?.map(({ messageId }) => messageId)).toEqual(driver?.map(({ messageId }) => messageId));
    for (const [side, client] of sides.entries()) {
      const own = client.bodies(roomId).filter((body) => String(body).startsWith(`${side} `));
      expect(own).toEqual(Array.from({ length: perSide }, (_, i) => `${side} says ${i + 1}`));
      await client.close();
    }
  });

  test("an event is the same over WebSocket and REST catch-up, and says what the history says", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob", "cleo"], "group");
    const ada = await tenant.connect("ada");
    const first = await ada.send(roomId, "c-1", "first");
    const rich = {
      clientId: "c-2",
      body: "with everything",
      attachments: [
        { type: "image", url: "https://cdn.example.com/a.png", title: "A", size: 7, custom: { w: 1 } },
      ],
      replyToId: first,
      mentions: ["bob"],
      custom: { tripId: "t-1", nested: { deep: [1, null, true] } },
    };
    const sent = await tenant.as("cleo").post<{ id: string }>(`/v1/rooms/${roomId}/messages`, rich);
    expect(sent.status).toBe(201);
    const { unread, ...live } = await ada.reached(roomId, 3);
    expect(unread).toBe(1);
    expect(live).toMatchObject({ type: "message.created", seq: 3, number: 2, senderId: "cleo", ...rich });
    const caughtUp = await tenant.as("bob").get<{ items: unknown[] }>(`/v1/rooms/${roomId}/events?after=2`);
    expect(caughtUp.body).toEqual({ items: [live], next: null });
    const kept = await tenant.as("bob").get(`/v1/rooms/${roomId}/messages/${sent.body.id}`);
    expect(kept.body).toEqual(sent.body);
    expect(kept.body).toMatchObject({
      ...rich,
      seq: 3,
      number: 2,
      reactions: {},
      editedAt: null,
      deletedAt: null,
    });
    await ada.close();
  });

  test("two devices of one user each get every event", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const devices = [await tenant.connect("ada"), await tenant.connect("ada")];
    const bob = await tenant.connect("bob");
    await bob.send(roomId, "c-1", "to both");
    await devices[0]?.send(roomId, "c-2", "from one");
    for (const device of devices) {
      await device.reached(roomId, 3);
      expect(device.bodies(roomId)).toEqual(["to both", "from one"]);
      await device.close();
    }
    await bob.close();
  });

  test("a member added while connected gets the room's events from its own coming on", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"], "group");
    const cleo = await tenant.connect("cleo");
    expect(cleo.connected.rooms).toEqual([]);
    await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "before" });
    const added = await tenant.server.put(`/v1/rooms/${roomId}/members/cleo`, {});
    expect(added.status).toBe(201);
    await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "after" });
    await cleo.reached(roomId, 4);
    expect(cleo.events(roomId)).toMatchObject([
      { type: "member.added", seq: 3, userId: "cleo", role: "member" },
      { type: "message.created", seq: 4, body: "after", unread: 1 },
    ]);
    await cleo.send(roomId, "c-1", "hello");
    await cleo.reached(roomId, 5);
    await cleo.close();
  });

  test("a room made while its members are connected reaches them from its first event", async () => {
    const tenant = await stage.tenant();
    const [ada, bob] = [await tenant.connect("ada"), await tenant.connect("bob")];
    const roomId = await tenant.room(["ada", "bob"]);
    await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "hello" });
    for (const client of [ada, bob]) {
      await client.reached(roomId, 2);
      expect(client.events(roomId)).toMatchObject([
        { type: "room.created", seq: 1, roomType: "direct" },
        { type: "message.created", seq: 2, body: "hello" },
      ]);
      await client.close();
    }
  });

  test("a removed member gets its removal, then nothing more, and can no longer read or send", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob", "cleo"], "group");
    const [ada, cleo] = [await tenant.connect("ada"), await tenant.connect("cleo")];
    await ada.send(roomId, "c-1", "before");
    expect((await tenant.server.delete(`/v1/rooms/${roomId}/members/cleo`)).status).toBe(204);
    await ada.send(roomId, "c-2", "after");
    await ada.reached(roomId, 4);
    await cleo.reached(roomId, 3);
    // Whatever follows for cleo, such as a room of its own, comes after what she must not get.
    const own = await tenant.room(["cleo", "bob"]);
    await cleo.reached(own, 1);
    expect(cleo.events(roomId)).toMatchObject([
      { type: "message.created", body: "before" },
      { type: "member.removed", userId: "cleo", seq: 3 },
    ]);
    const overRest = await tenant.client("cleo");
    for (const path of ["", "/messages", "/events", "/members"]) {
      const answer = await overRest.get<{ error: unknown }>(`/v1/rooms/${roomId}${path}`);
      expect(answer.body.error, path).toMatchObject({ code: "not_a_member" });
    }
    await eventually(async () => {
      const sent = await cleo.request({
        type: "message.send",
        roomId,
        clientId: `late-${Date.now()}`,
        body: "?",
      });
      expect(sent.error).toMatchObject({ code: "not_a_member" });
    });
    expect((await cleo.request({ type: "history", roomId })).error).toMatchObject({ code: "not_a_member" });
    const again = await tenant.connect("cleo", { [roomId]: 1 });
    await again.settled();
    expect(again.connected.rooms.map((room) => room.roomId)).toEqual([own]);
    expect(again.events(roomId)).toEqual([]);
    await Promise.all([ada.close(), cleo.close(), again.close()]);
  });

  test("a member that was removed and added again goes on from its return", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"], "group");
    const bob = await tenant.connect("bob");
    await tenant.server.delete(`/v1/rooms/${roomId}/members/bob`);
    await bob.reached(roomId, 2);
    await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "without bob" });
    expect((await tenant.server.put(`/v1/rooms/${roomId}/members/bob`, {})).status).toBe(201);
    await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "with bob" });
    await bob.reached(roomId, 5);
    expect(bob.events(roomId).map(({ type, seq }) => `${seq} ${type}`)).toEqual([
      "2 member.removed",
      "4 member.added",
      "5 message.created",
    ]);
    await bob.close();
  });
}

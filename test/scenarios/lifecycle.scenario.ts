import { expect, test } from "vitest";
import type { Room } from "#shared/protocol/resources.ts";
import type { Stage } from "./stage.ts";

const codeOf = (answer: { readonly body: unknown }) =>
  (answer.body as { error?: { code: string } } | null)?.error?.code;

export function lifecycle(stage: Stage): void {
  test("a direct room has exactly two members, the same for ever", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const room = `/v1/rooms/${roomId}`;
    for (const count of [1, 3]) {
      const members = ["ada", "bob", "cleo"].slice(0, count).map((userId) => ({ userId }));
      const refused = await tenant.server.put(`/v1/rooms/other_${count}`, { type: "direct", members });
      expect([refused.status, codeOf(refused)]).toEqual([400, "invalid_request"]);
    }
    const attempts = [
      await tenant.server.put(`${room}/members/cleo`, {}),
      await tenant.server.delete(`${room}/members/bob`),
      await (await tenant.client("bob")).delete(`${room}/members/bob`),
      await tenant.server.put(room, { type: "direct", members: [{ userId: "ada" }, { userId: "cleo" }] }),
      await tenant.server.put(room, { type: "group", members: [{ userId: "ada" }, { userId: "bob" }] }),
    ];
    for (const answer of attempts) expect([answer.status, codeOf(answer)]).toEqual([409, "room_conflict"]);
    const { body } = await tenant.server.get<Room>(room);
    expect(body).toMatchObject({ seq: 1, members: [{ userId: "ada" }, { userId: "bob" }] });
  });

  test("a frozen room can be read but not written, and works again once it is open", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const room = `/v1/rooms/${roomId}`;
    const ada = await tenant.connect("ada");
    await ada.send(roomId, "c-1", "before");
    expect((await tenant.server.patch(room, { state: "frozen" })).body).toMatchObject({ state: "frozen" });
    expect(await ada.reached(roomId, 3)).toMatchObject({ type: "room.frozen" });
    const refused = await ada.request({ type: "message.send", roomId, clientId: "c-2", body: "?" });
    expect(refused.error).toMatchObject({ code: "room_frozen" });
    const overRest = await tenant.as("bob").post(`${room}/messages`, { body: "?" });
    expect([overRest.status, codeOf(overRest)]).toEqual([409, "room_frozen"]);
    expect((await ada.request({ type: "history", roomId })).items).toHaveLength(1);
    const line = await tenant.server.post(`${room}/messages`, { kind: "system", body: "Frozen by support" });
    expect(line.status).toBe(201);
    await tenant.server.patch(room, { state: "open" });
    expect(await ada.reached(roomId, 5)).toMatchObject({ type: "room.reopened" });
    await ada.send(roomId, "c-2", "after");
    expect(await ada.reached(roomId, 6)).toMatchObject({ body: "after" });
    await ada.close();
  });

  test("a closed room leaves its members' lists, stays readable, and comes back when it is reopened", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const room = `/v1/rooms/${roomId}`;
    const ada = await tenant.connect("ada");
    await ada.send(roomId, "c-1", "last words");
    await tenant.server.patch(room, { state: "closed" });
    expect(await ada.reached(roomId, 3)).toMatchObject({ type: "room.closed" });
    const refused = await ada.request({ type: "message.send", roomId, clientId: "c-2", body: "?" });
    expect(refused.error).toMatchObject({ code: "room_closed" });
    const system = await tenant.server.post(`${room}/messages`, { kind: "system", body: "?" });
    expect([system.status, codeOf(system)]).toEqual([409, "room_closed"]);
    const bob = await tenant.client("bob");
    expect((await bob.get<{ items: unknown[] }>("/v1/rooms")).body.items).toEqual([]);
    expect((await bob.get<Room>(room)).body).toMatchObject({ state: "closed", number: 1 });
    expect((await bob.get(`${room}/messages`)).body).toMatchObject({ items: [{ body: "last words" }] });
    await tenant.server.patch(room, { state: "open" });
    expect(await ada.reached(roomId, 4)).toMatchObject({ type: "room.reopened" });
    await ada.send(roomId, "c-3", "again");
    expect(await ada.reached(roomId, 5)).toMatchObject({ body: "again" });
    expect((await bob.get<{ items: unknown[] }>("/v1/rooms")).body.items).toMatchObject([
      { roomId, unread: 2 },
    ]);
    await ada.close();
  });

  test("a client that connects while a room is closed hears of it when it is reopened", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "closed" });
    const ada = await tenant.connect("ada");
    expect(ada.connected.rooms).toEqual([]);
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "open" });
    expect(await ada.reached(roomId, 3)).toMatchObject({ type: "room.reopened" });
    await tenant.as("bob").post(`/v1/rooms/${roomId}/messages`, { body: "hello again" });
    expect(await ada.reached(roomId, 4)).toMatchObject({ body: "hello again", unread: 1 });
    await ada.close();
  });

  test("a deleted room says so to its members, is gone for everybody, and its id is not used again", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const room = `/v1/rooms/${roomId}`;
    const ada = await tenant.connect("ada");
    await ada.send(roomId, "c-1", "hello");
    expect((await tenant.server.delete(room)).status).toBe(204);
    expect(await ada.reached(roomId, 3)).toMatchObject({ type: "room.deleted" });
    for (const caller of [tenant.server, await tenant.client("ada")]) {
      for (const path of ["", "/messages", "/events", "/members"]) {
        const answer = await caller.get(`${room}${path}`);
        expect([answer.status, codeOf(answer)], path).toEqual([404, "room_not_found"]);
      }
    }
    const sent = await ada.request({ type: "message.send", roomId, clientId: "c-2", body: "?" });
    expect(sent.error).toMatchObject({ code: "room_not_found" });
    expect((await tenant.as("ada").get<{ items: unknown[] }>("/v1/rooms")).body.items).toEqual([]);
    const form = { type: "direct", members: [{ userId: "ada" }, { userId: "bob" }] };
    expect(codeOf(await tenant.server.put(room, form))).toBe("room_conflict");
    expect(codeOf(await tenant.server.delete(room))).toBe("room_not_found");
    await ada.close();
  });

  test("roles decide: readers cannot send, and only owners change the room or its members", async () => {
    const tenant = await stage.tenant();
    const roomId = "roles";
    const room = `/v1/rooms/${roomId}`;
    const roles = { ada: "owner", bob: "member", cleo: "readonly", dan: "observer" };
    const members = Object.entries(roles).map(([userId, role]) => ({ userId, role }));
    await tenant.server.put(room, { type: "group", members });
    for (const userId of ["ada", "bob"]) {
      expect((await (await tenant.client(userId)).post(`${room}/messages`, { body: "hi" })).status).toBe(201);
    }
    for (const userId of ["cleo", "dan"]) {
      const client = await tenant.client(userId);
      expect(codeOf(await client.post(`${room}/messages`, { body: "hi" }))).toBe("read_only");
      expect((await client.get(`${room}/messages`)).body).toMatchObject({ items: [{}, {}] });
    }
    const bob = await tenant.client("bob");
    expect(codeOf(await bob.patch(room, { name: "Mine" }))).toBe("forbidden");
    expect(codeOf(await bob.put(`${room}/members/eve`, {}))).toBe("forbidden");
    expect(codeOf(await bob.put(`${room}/members/bob`, { role: "owner" }))).toBe("forbidden");
    expect(codeOf(await bob.delete(`${room}/members/dan`))).toBe("forbidden");
    const ada = await tenant.client("ada");
    expect((await ada.patch(room, { name: "Ours" })).body).toMatchObject({ name: "Ours" });
    expect((await ada.put(`${room}/members/cleo`, { role: "member" })).body).toMatchObject({
      role: "member",
    });
    expect((await (await tenant.client("cleo")).post(`${room}/messages`, { body: "now" })).status).toBe(201);
    expect((await ada.delete(`${room}/members/cleo`)).status).toBe(204);
    expect((await bob.delete(`${room}/members/bob`)).status).toBe(204);
  });
}

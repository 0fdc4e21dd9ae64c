import { expect, test } from "vitest";
import type { RoomSummary } from "#shared/protocol/resources.ts";
import type { Answer } from "./documented-answer.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";
import type { ConnectedClient } from "./tenant.ts";

const codeOf = ({ body }: Answer) => (body as { error?: { code: string } } | null)?.error?.code;

const hears = (client: ConnectedClient, type: string) => client.next((frame) => frame.type === type);

/** Who may do what, and that every reader is told so. */
export function roles(stage: Stage): void {
  test("a room says to each reader what it may do, and that is what it may do", async () => {
    const tenant = await stage.tenant();
    const room = "/v1/rooms/rights";
    const members = [
      { userId: "ada", role: "owner" },
      { userId: "bob" },
      { userId: "cleo", role: "readonly" },
    ];
    await tenant.server.put(room, { type: "group", members });
    for (const [userId, sends, manages] of [
      ["ada", true, true],
      ["bob", true, false],
      ["cleo", false, false],
    ] as const) {
      const client = await tenant.client(userId);
      const one = (await client.get<RoomSummary>(room)).body;
      const listed = (await client.get<{ items: RoomSummary[] }>("/v1/rooms")).body.items[0];
      const socket = await tenant.connect(userId);
      expect(listed?.capabilities).toEqual(one.capabilities);
      expect(socket.connected.rooms[0]?.capabilities).toEqual(one.capabilities);
      expect(one.capabilities.includes("message.send"), userId).toBe(sends);
      expect((await client.post(`${room}/messages`, { body: "hi" })).status).toBe(sends ? 201 : 403);
      expect(one.capabilities.includes("room.update"), userId).toBe(manages);
      expect((await client.patch(room, { name: "Ours" })).status).toBe(manages ? 200 : 403);
      await socket.close();
    }
    expect((await tenant.server.get<object>(room)).body).not.toHaveProperty("capabilities");
  });

  test("who becomes another, and a room that freezes or opens, tell everybody what they may do now", async () => {
    const tenant = await stage.tenant();
    const roomId = "changes";
    const room = `/v1/rooms/${roomId}`;
    await tenant.server.put(room, { type: "group", members: [{ userId: "ada" }, { userId: "bob" }] });
    const ada = tenant.sdk("ada");
    const bob = tenant.sdk("bob");
    await Promise.all([ada.connect(), bob.connect()]);
    const may = ({ client }: typeof ada) => client.can("message.send", roomId);
    expect([may(ada), may(bob)]).toEqual([true, true]);
    await tenant.server.put(`${room}/members/bob`, { role: "readonly" });
    await eventually(() => expect([may(ada), may(bob)]).toEqual([true, false]));
    await tenant.server.patch(room, { state: "frozen" });
    await eventually(() => expect([may(ada), may(bob)]).toEqual([false, false]));
    await tenant.server.patch(room, { state: "open" });
    await eventually(() => expect([may(ada), may(bob)]).toEqual([true, false]));
    await tenant.server.put(`${room}/members/bob`, { role: "owner" });
    await eventually(() => expect(bob.client.can("room.close", roomId)).toBe(true));
    ada.client.disconnect();
    bob.client.disconnect();
  });

  test("a direct room has exactly two members, for ever, whoever asks", async () => {
    const tenant = await stage.tenant();
    const room = "/v1/rooms/pair";
    const owner = { userId: "ada", role: "owner" };
    for (const members of [[owner], [owner, { userId: "bob" }, { userId: "eve" }]]) {
      expect(codeOf(await tenant.server.put(room, { type: "direct", members }))).toBe("invalid_request");
    }
    await tenant.server.put(room, { type: "direct", members: [owner, { userId: "bob" }] });
    const ada = await tenant.client("ada");
    expect((await ada.get<RoomSummary>(room)).body.capabilities).not.toContain("member.add");
    for (const caller of [tenant.server, ada]) {
      expect(codeOf(await caller.put(`${room}/members/eve`, {}))).toBe("room_conflict");
      expect(codeOf(await caller.delete(`${room}/members/bob`))).toBe("room_conflict");
    }
    expect(codeOf(await (await tenant.client("bob")).delete(`${room}/members/bob`))).toBe("room_conflict");
  });
}

/** Support staff: in a room, and there for none of its users. */
export function observers(stage: Stage): void {
  test("an observer hears all of a room from when it is let in until it is put out, and nobody hears of it", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const room = `/v1/rooms/${roomId}`;
    const [ada, staff] = await Promise.all([tenant.connect("ada"), tenant.connect("staff")]);
    const support = tenant.sdk("staff");
    await support.connect();
    const put = await tenant.server.put(`${room}/members/staff`, { role: "observer" });
    expect([put.status, put.body]).toMatchObject([201, { userId: "staff", role: "observer" }]);
    expect(await hears(staff, "observer.added")).toMatchObject({ roomId, userId: "staff" });
    await eventually(() => expect(support.client.rooms.get(roomId)).toMatchObject({ role: "observer" }));

    await ada.send(roomId, "c-1", "hello");
    expect(await staff.reached(roomId, 2)).toMatchObject({ body: "hello", unread: 1 });
    const mine = await tenant.client("staff");
    expect((await mine.get(`${room}/messages`)).body).toMatchObject({ items: [{ body: "hello" }] });
    expect(codeOf(await mine.post(`${room}/messages`, { body: "?" }))).toBe("read_only");
    expect(codeOf(await mine.post(`${room}/typing`))).toBe("read_only");
    expect((await mine.post(`${room}/read`, { number: 1 })).status).toBe(200);
    expect(await hears(staff, "receipt.read")).toMatchObject({ userId: "staff", number: 1, unread: 0 });

    expect((await tenant.server.delete(`${room}/members/staff`)).status).toBe(204);
    expect(await hears(staff, "observer.removed")).toMatchObject({ roomId, userId: "staff" });
    await eventually(() => expect(support.client.rooms.has(roomId)).toBe(false));
    await ada.send(roomId, "c-2", "still here");
    await ada.reached(roomId, 3);
    expect(codeOf(await mine.get(`${room}/messages`))).toBe("not_a_member");
    const again = await tenant.connect("staff");
    expect(again.connected.rooms).toEqual([]);
    const heard = JSON.stringify(ada.frames);
    expect(heard).toContain("still here");
    expect(heard).not.toContain("staff");
    expect(JSON.stringify(staff.frames)).not.toContain("still here");
    support.client.disconnect();
    await Promise.all([ada.close(), staff.close(), again.close()]);
  });

  test("no client finds an observer: not in lists, counts, events or presence, nor by trying", async () => {
    const tenant = await stage.tenant();
    const room = "/v1/rooms/watched";
    const members = [
      { userId: "ada", role: "owner" },
      { userId: "bob" },
      { userId: "staff", role: "observer" },
    ];
    const made = await tenant.server.put<{ members: object[] }>(room, { type: "direct", members });
    expect([made.status, made.body.members.length]).toEqual([201, 3]);
    const staff = await tenant.connect("staff");
    const ada = await tenant.client("ada");
    expect((await ada.get(room)).body).toMatchObject({
      memberCount: 2,
      members: [{ userId: "ada" }, { userId: "bob" }],
    });
    const listed = await ada.get<{ items: { userId: string }[]; next: null }>(`${room}/members?limit=2`);
    expect(listed.body.items.map(({ userId }) => userId)).toEqual(["ada", "bob"]);
    expect(listed.body.next).toBeNull();
    expect(codeOf(await ada.get(`${room}/members/staff`))).toBe("member_not_found");
    expect(codeOf(await ada.get(`${room}/members/nobody`))).toBe("member_not_found");
    expect(codeOf(await ada.put(`${room}/members/eve`, { role: "observer" }))).toBe("room_conflict");
    expect((await ada.get("/v1/presence?userIds=staff")).body).toMatchObject({ items: [{ online: false }] });
    expect((await ada.get<object>(`${room}/events`)).text).not.toContain("staff");
    expect((await ada.patch(room, { name: "Ours" })).text).not.toContain("staff");

    const seen = (await tenant.server.get<{ items: { userId: string }[] }>(`${room}/members`)).body.items;
    expect(seen.map(({ userId }) => userId)).toEqual(["ada", "bob", "staff"]);
    expect((await tenant.server.get(`${room}/members/staff`)).body).toMatchObject({ role: "observer" });
    const mine = await tenant.client("staff");
    expect((await mine.get(`${room}/members/staff`)).body).toMatchObject({ role: "observer" });
    await eventually(async () => {
      const online = await tenant.server.get("/v1/presence?userIds=staff");
      expect(online.body).toMatchObject({ items: [{ online: true }] });
    });
    await staff.close();
  });

  test("an observer that an owner lets in comes in like anybody, and a member does not become one", async () => {
    const tenant = await stage.tenant();
    const roomId = "promoted";
    const room = `/v1/rooms/${roomId}`;
    const owner = { userId: "ada", role: "owner" };
    await tenant.server.put(room, { type: "group", members: [owner, { userId: "staff", role: "observer" }] });
    const [ada, staff] = [await tenant.client("ada"), await tenant.connect("staff")];
    expect(codeOf(await ada.delete(`${room}/members/staff`))).toBe("member_not_found");
    const custom = { desk: 4 };
    const put = await ada.put(`${room}/members/staff`, { custom });
    expect([put.status, put.body]).toMatchObject([201, { role: "member", custom }]);
    expect(await staff.reached(roomId, 2)).toMatchObject({ type: "member.added", userId: "staff", custom });
    await staff.send(roomId, "c-1", "at your service");
    expect(codeOf(await tenant.server.put(`${room}/members/staff`, { role: "observer" }))).toBe(
      "room_conflict",
    );
    expect((await ada.get(`${room}/members`)).body).toMatchObject({ items: [{}, { custom }] });
    await staff.close();
  });
}

import { expect, test } from "vitest";
import type { RoomSummary } from "#shared/protocol/resources.ts";
import type { Answer } from "./documented-answer.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";

const codeOf = ({ body }: Answer) => (body as { error?: { code: string } } | null)?.error?.code;

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

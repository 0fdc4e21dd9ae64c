import { expect, test } from "vitest";
import { changedMessage } from "#sdk/js/src/client.ts";
import type { Message, MessageVersion, Room, RoomSummary } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

const codeOf = (answer: { readonly body: unknown }) =>
  (answer.body as { error?: { code: string } } | null)?.error?.code;

export function messageChanges(stage: Stage): void {
  test("a tenant decides for how long its users edit and delete, and whether owners delete what others said", async () => {
    const { tenant, roomId, messages, first, say } = await world();
    const other = await say("bob", "of bob");
    const settings = { editSeconds: 0, deleteSeconds: 0, ownersDelete: false };
    await stage.operator().put(`/admin/v1/tenants/${tenant.tenantId}`, { settings });
    const [ada, olga] = [await tenant.client("ada"), await tenant.client("olga")];
    // Each node knows of a new setting within a second, and they take turns; an edit that is refused leaves nothing.
    let edits = 0;
    await eventually(async () => {
      for (let turn = 0; turn < 4; turn++) {
        edits += 1;
        const edited = await ada.patch(`${messages}/${first.id}`, { body: `edit ${edits}` });
        expect(codeOf(edited)).toBe("message_too_old");
      }
    });
    const { body: now } = await tenant.as("ada").get<Message>(`${messages}/${first.id}`);
    expect(now.body).not.toBe(`edit ${edits}`);
    // What was done before is answered as ever.
    expect((await ada.patch(`${messages}/${first.id}`, { body: now.body })).status).toBe(200);
    expect(codeOf(await ada.delete(`${messages}/${first.id}`))).toBe("message_too_old");
    const late = await olga.delete(`${messages}/${other.id}`);
    expect([late.status, codeOf(late)]).toEqual([403, "forbidden"]);
    const socket = await tenant.connect("bob");
    await socket.request({ type: "message.delete", roomId, messageId: other.id });
    const rejected = await socket.next(({ type }) => type === "message.rejected");
    expect(rejected).toMatchObject({ request: "message.delete", error: { code: "message_too_old" } });
    // None of it holds for the server itself.
    expect((await tenant.server.patch(`${messages}/${first.id}`, { body: "by the server" })).status).toBe(
      200,
    );
    expect((await tenant.server.delete(`${messages}/${other.id}`)).status).toBe(204);
    await socket.close();
  });

  /** A room with an owner and two members, and what ada said in it. */
  async function world() {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"], "group");
    await tenant.server.put(`/v1/rooms/${roomId}/members/olga`, { role: "owner" });
    const messages = `/v1/rooms/${roomId}/messages`;
    const say = async (userId: string, body: string, more: object = {}) =>
      (await tenant.as(userId).post<Message>(messages, { body, ...more })).body;
    const first = await say("ada", "tpyo", { custom: { a: 1 } });
    return { tenant, roomId, messages, say, first };
  }

  test("an edit is what everybody reads from then on, live, in the history and in the lists, and nothing is unread by it", async () => {
    const { tenant, roomId, messages, first } = await world();
    const [ada, bob] = [await tenant.connect("ada"), await tenant.connect("bob")];
    const before = await tenant.as("bob").get<Page<RoomSummary>>("/v1/rooms");
    expect(before.body.items).toMatchObject([{ unread: 1, lastMessage: { body: "tpyo" } }]);

    const edit = { type: "message.update", roomId, messageId: first.id, body: "typo" };
    expect(await ada.request(edit)).toMatchObject({ type: "ok" });
    const live = await bob.reached(roomId, 4);
    expect(live).toMatchObject({ type: "message.updated", messageId: first.id, number: 1, body: "typo" });
    expect(live).toMatchObject({ senderId: "ada", actorId: "ada", custom: { a: 1 }, clientId: null });

    const url = `${messages}/${first.id}`;
    const { body: now } = await tenant.as("bob").get<Message>(url);
    expect(now).toEqual({ ...first, body: "typo", editedAt: live.editedAt });
    expect((await tenant.as("bob").get<Page<Message>>(messages)).body.items).toEqual([now]);
    expect((await bob.request({ type: "history", roomId })).items).toEqual([now]);
    const after = await tenant.as("bob").get<Page<RoomSummary>>("/v1/rooms");
    expect(after.body.items).toMatchObject([{ unread: 1, seq: 4, lastMessage: now }]);
    expect((await tenant.server.get<Room>(`/v1/rooms/${roomId}`)).body.lastMessage).toEqual(now);

    // Over REST, with custom taken away; the same again is no event.
    for (const _ of [1, 2]) {
      const edited = await (await tenant.client("ada")).patch<Message>(url, { body: "typo!", custom: null });
      expect([edited.status, edited.body.body, edited.body.custom]).toEqual([200, "typo!", null]);
    }
    await bob.reached(roomId, 5);
    await tenant.as("bob").post(messages, { body: "next" });
    const back = await tenant.connect("bob", { [roomId]: 3 });
    await back.reached(roomId, 6);
    expect(back.events(roomId).map(({ type, body }) => [type, body])).toEqual([
      ["message.updated", "typo"],
      ["message.updated", "typo!"],
      ["message.created", "next"],
    ]);
    const events = await tenant.as("ada").get<Page<{ seq: number }>>(`/v1/rooms/${roomId}/events?after=3`);
    expect(events.body.items.map(({ seq }) => seq)).toEqual([4, 5, 6]);
    expect((await tenant.as("bob").get<Message>(url)).body).toMatchObject({
      body: "typo!",
      number: 1,
      seq: 3,
    });
    await Promise.all([ada.close(), bob.close(), back.close()]);
  });

  test("a deleted message keeps its place and says nothing any more, and counts until it is read past", async () => {
    const { tenant, roomId, messages, say, first } = await world();
    const last = await say("ada", "a secret", {
      mentions: ["bob"],
      attachments: [{ type: "file", title: "x" }],
    });
    const bob = await tenant.connect("bob");
    expect(bob.connected.rooms).toMatchObject([{ unread: 2, lastMessage: { body: "a secret" } }]);
    const url = `${messages}/${last.id}`;
    for (const _ of [1, 2]) expect((await (await tenant.client("ada")).delete(url)).status).toBe(204);
    expect(await bob.reached(roomId, 5)).toMatchObject({
      type: "message.deleted",
      messageId: last.id,
      number: 2,
      senderId: "ada",
      body: null,
    });
    const { body: now } = await tenant.as("bob").get<Message>(url);
    expect(now).toMatchObject({ number: 2, body: null, attachments: [], mentions: [], senderId: "ada" });
    expect(now.deletedAt).not.toBeNull();
    const { body: page } = await tenant.as("bob").get<Page<Message>>(messages);
    expect(page.items.map(({ body }) => body)).toEqual([null, "tpyo"]);
    const rooms = await tenant.as("bob").get<Page<RoomSummary>>("/v1/rooms");
    expect(rooms.body.items).toMatchObject([{ unread: 2, lastMessage: now }]);

    const edit = await tenant.as("ada").patch(url, { body: "again" });
    expect([edit.status, codeOf(edit)]).toEqual([409, "message_deleted"]);
    expect(await bob.request({ type: "room.read", roomId, number: 2 })).toMatchObject({ type: "ok" });
    expect(await bob.next(({ type }) => type === "receipt.read")).toMatchObject({ unread: 0 });
    // An owner takes back what another said.
    expect((await (await tenant.client("olga")).delete(`${messages}/${first.id}`)).status).toBe(204);
    expect(await bob.reached(roomId, 6)).toMatchObject({ actorId: "olga", senderId: "ada" });
    await bob.close();
  });

  test("what a message said before is kept for the server alone", async () => {
    const { tenant, messages, first } = await world();
    const url = `${messages}/${first.id}`;
    for (const body of ["typo", "a typo"]) await tenant.as("ada").patch(url, { body });
    await tenant.server.delete(url);
    const { body } = await tenant.server.get<Page<MessageVersion>>(`${url}/versions`);
    expect(body.items).toMatchObject([
      { seq: 4, body: "tpyo", custom: { a: 1 }, writtenAt: first.createdAt, replacedBy: "ada" },
      { seq: 5, body: "typo", replacedBy: "ada" },
      { seq: 6, body: "a typo", replacedBy: null },
    ]);
    expect(body.items[1]?.writtenAt).toBe(body.items[0]?.replacedAt);
    const paged = await tenant.server.get<Page<MessageVersion>>(`${url}/versions?limit=2`);
    const rest = await tenant.server.get<Page<MessageVersion>>(
      `${url}/versions?limit=2&cursor=${paged.body.next}`,
    );
    expect([...paged.body.items, ...rest.body.items]).toEqual(body.items);
    expect(rest.body.next).toBeNull();
    const client = await (await tenant.client("ada")).get(`${url}/versions`);
    expect([client.status, codeOf(client)]).toEqual([403, "forbidden"]);
  });

  test("only the sender edits, only the sender and owners delete, and nobody in a room that is not open", async () => {
    const { tenant, roomId, messages, first } = await world();
    const url = `${messages}/${first.id}`;
    const [bob, olga] = [await tenant.client("bob"), await tenant.client("olga")];
    const missing = `${messages}/msg_${"0".repeat(22)}`;
    const refused = [
      [await bob.patch(url, { body: "mine" }), 403, "forbidden"],
      [await bob.delete(url), 403, "forbidden"],
      [await olga.patch(url, { body: "mine" }), 403, "forbidden"],
      [await tenant.as("bob").delete(url), 403, "forbidden"],
      [await tenant.as("eve").delete(url), 403, "not_a_member"],
      [await tenant.as("ada").patch(url, { body: "" }), 400, "invalid_request"],
      [await tenant.as("ada").patch(url, {}), 400, "invalid_request"],
      [await tenant.as("ada").patch(missing, { body: "?" }), 404, "message_not_found"],
      [await tenant.as("ada").delete(missing), 404, "message_not_found"],
    ] as const;
    for (const [answer, status, code] of refused) {
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    }
    for (const state of ["frozen", "closed"] as const) {
      await tenant.server.patch(`/v1/rooms/${roomId}`, { state });
      for (const answer of [
        await tenant.as("ada").patch(url, { body: "?" }),
        await tenant.as("ada").delete(url),
      ])
        expect([answer.status, codeOf(answer)]).toEqual([409, `room_${state}`]);
    }
    // The customer's server is above that.
    expect((await tenant.server.patch<Message>(url, { body: "redacted" })).body.body).toBe("redacted");
    expect((await tenant.server.get<Message>(url)).body.body).toBe("redacted");
  });

  test("over a socket a change that is refused when it is applied is told to its user", async () => {
    const { tenant, roomId, first } = await world();
    const bob = await tenant.connect("bob");
    for (const type of ["message.update", "message.delete"] as const) {
      const content = type === "message.update" ? { body: "mine" } : {};
      const asked = { type, roomId, messageId: first.id, ...content };
      expect(await bob.request(asked)).toMatchObject({ type: "ok" });
      const rejected = await bob.next((frame) => frame.type === "message.rejected" && frame.request === type);
      expect(rejected).toMatchObject({ userId: "bob", clientId: null, messageId: first.id });
      expect(rejected.error).toMatchObject({ code: "forbidden" });
    }
    await bob.close();
  });

  test("the SDK edits and deletes in the order of its sends, and its rooms show what became of the last message", async () => {
    const { tenant, roomId, messages } = await world();
    const [{ client: ada, connect }, { client: bob, connect: connectBob }] = [
      tenant.sdk("ada"),
      tenant.sdk("bob"),
    ];
    await Promise.all([connect(), connectBob()]);
    let seen: Message | null = null;
    bob.on("message.updated", (event) => {
      seen = changedMessage(bob.rooms.get(roomId)?.lastMessage as Message, event);
    });
    const { messageId } = await ada.send(roomId, { body: "one" });
    await ada.messages.update(roomId, messageId, { body: "two" });
    await eventually(() => expect(bob.rooms.get(roomId)?.lastMessage?.body).toBe("two"));
    expect(seen).toEqual(bob.rooms.get(roomId)?.lastMessage);
    expect((await tenant.server.get<Message>(`${messages}/${messageId}`)).body).toEqual(seen);
    await ada.messages.delete(roomId, messageId);
    await eventually(() => expect(bob.rooms.get(roomId)?.lastMessage?.body).toBeNull());
    expect(bob.rooms.get(roomId)?.lastMessage).toEqual(
      (await tenant.server.get<Message>(`${messages}/${messageId}`)).body,
    );
    ada.disconnect();
    bob.disconnect();
  });
}

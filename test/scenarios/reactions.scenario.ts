import { expect, test } from "vitest";
import type { Message, RoomSummary } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

const thumb = encodeURIComponent("👍");
const codeOf = (answer: { readonly body: unknown }) =>
  (answer.body as { error?: { code: string } } | null)?.error?.code;

export function reactions(stage: Stage): void {
  async function world(userIds: readonly string[] = ["ada", "bob"]) {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(userIds, "group");
    const messages = `/v1/rooms/${roomId}/messages`;
    const { body: message } = await tenant.as("ada").post<Message>(messages, { body: "hello" });
    const url = `${messages}/${message.id}`;
    return { tenant, roomId, messages, message, url, reactions: `${url}/reactions` };
  }

  test("a reaction is one for each user and key, is counted on the message, and is told live", async () => {
    const { tenant, roomId, messages, message, url, reactions } = await world();
    const ada = await tenant.connect("ada");
    const bob = await tenant.client("bob");
    for (const _ of [1, 2]) {
      const added = await bob.put<Message>(`${reactions}/${thumb}`, undefined);
      expect([added.status, added.body.reactions]).toEqual([200, { "👍": { count: 1, userIds: ["bob"] } }]);
    }
    const event = await ada.reached(roomId, 3);
    expect(event).toMatchObject({ type: "reaction.added", messageId: message.id, number: 1 });
    expect(event).toMatchObject({ userId: "bob", messageSenderId: "ada", key: "👍", count: 1 });
    const frame = { roomId, messageId: message.id };
    expect(await ada.request({ type: "reaction.add", ...frame, key: "👍" })).toMatchObject({ type: "ok" });
    expect(await ada.request({ type: "reaction.add", ...frame, key: "__proto__" })).toMatchObject({
      type: "ok",
    });
    await ada.reached(roomId, 5);
    const { body: now } = await bob.get<Message>(url);
    expect(now.reactions["👍"]).toEqual({ count: 2, userIds: ["bob", "ada"] });
    expect(Object.keys(now.reactions).toSorted()).toEqual(["__proto__", "👍"]);
    expect((await bob.get<Page<Message>>(messages)).body.items).toEqual([now]);
    const rooms = await tenant.as("bob").get<Page<RoomSummary>>("/v1/rooms");
    expect(rooms.body.items).toMatchObject([{ lastMessage: now, unread: 1 }]);

    const gone = { type: "reaction.remove", ...frame, key: "👍" };
    for (const _ of [1, 2]) expect(await ada.request(gone)).toMatchObject({ type: "ok" });
    expect(await ada.reached(roomId, 6)).toMatchObject({ type: "reaction.removed", userId: "ada", count: 1 });
    for (const _ of [1, 2]) expect((await bob.delete(`${reactions}/${thumb}`)).status).toBe(204);
    await bob.put(`${reactions}/ok`, undefined);
    expect(await ada.reached(roomId, 8)).toMatchObject({ type: "reaction.added", key: "ok" });
    expect(Object.keys((await bob.get<Message>(url)).body.reactions).toSorted()).toEqual(["__proto__", "ok"]);
    await ada.close();
  });

  test("a message shows who reacted first, and the list has them all", async () => {
    const users = Array.from({ length: 24 }, (_, i) => `user_${i + 10}`);
    const { tenant, url, reactions } = await world(["ada", ...users]);
    for (const userId of users) await tenant.as(userId).put(`${reactions}/${thumb}`, undefined);
    await tenant.as("ada").put(`${reactions}/ok`, undefined);
    const shown = async () => (await tenant.as("ada").get<Message>(url)).body.reactions["👍"];
    expect(await shown()).toEqual({ count: 24, userIds: users.slice(0, 20) });
    await tenant.as("user_12").delete(`${reactions}/${thumb}`);
    const left = users.filter((userId) => userId !== "user_12");
    expect(await shown()).toEqual({ count: 23, userIds: left.slice(0, 20) });
    // One who is not shown is known all the same.
    const again = await tenant.as("user_33").put<Message>(`${reactions}/${thumb}`, undefined);
    expect(again.body.reactions["👍"]?.count).toBe(23);
    const all: unknown[] = [];
    for (let cursor = ""; ; ) {
      const page = await tenant.as("ada").get<Page<object>>(`${reactions}?limit=10${cursor}`);
      all.push(...page.body.items);
      if (page.body.next === null) break;
      cursor = `&cursor=${page.body.next}`;
    }
    expect(all).toEqual([...left.map((userId) => ({ key: "👍", userId })), { key: "ok", userId: "ada" }]);
    const ofOne = await tenant.as("ada").get<Page<object>>(`${reactions}?key=ok`);
    expect(ofOne.body).toEqual({ items: [{ key: "ok", userId: "ada" }], next: null });
  });

  test("where the tenant has one reaction for each user, the next takes the place of the one before", async () => {
    const { tenant, roomId, url, reactions } = await world();
    const settings = { settings: { reactionsOnePerUser: true } };
    await stage.operator().put(`/admin/v1/tenants/${tenant.tenantId}`, settings);
    const ada = await tenant.connect("ada");
    const add = (key: string) =>
      eventually(async () => {
        const { status } = await tenant.as("bob").put(`${reactions}/${key}`, undefined);
        expect(status).toBe(200);
      });
    await add("one");
    // Every node knows of a new setting within a second.
    await eventually(async () => {
      await add("two");
      await add("one");
      const { body } = await tenant.as("bob").get<Message>(url);
      expect(Object.keys(body.reactions)).toEqual(["one"]);
    });
    await add("three");
    const added = await ada.next((frame) => frame.type === "reaction.added" && frame.key === "three");
    const before = ada.events(roomId).find(({ seq }) => seq === (added.seq ?? 0) - 1);
    expect(before).toMatchObject({ type: "reaction.removed", key: "one", userId: "bob", count: 0 });
    await ada.close();
  });

  test("who may not write does not react, a deleted message takes no reaction, and a message has so many kinds of them", async () => {
    const { tenant, roomId, url, reactions } = await world();
    await tenant.server.put(`/v1/rooms/${roomId}/members/rita`, { role: "readonly" });
    const refused = [
      [await tenant.as("rita").put(`${reactions}/ok`, undefined), 403, "read_only"],
      [await tenant.as("eve").put(`${reactions}/ok`, undefined), 403, "not_a_member"],
      [await tenant.server.put(`${reactions}/ok`, undefined), 400, "acting_user_required"],
      [await tenant.as("bob").put(`${reactions}/${"x".repeat(33)}`, undefined), 400, "invalid_request"],
      [await tenant.as("bob").put(`${reactions}/a%20b`, undefined), 400, "invalid_request"],
    ] as const;
    for (const [answer, status, code] of refused) {
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    }
    for (let i = 0; i < 20; i++) await tenant.as("bob").put(`${reactions}/kind_${i}`, undefined);
    const full = await tenant.as("bob").put(`${reactions}/another`, undefined);
    expect([full.status, codeOf(full)]).toEqual([409, "too_many_reactions"]);
    expect((await tenant.as("ada").put(`${reactions}/kind_3`, undefined)).status).toBe(200);
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "frozen" });
    const frozen = await tenant.as("ada").put(`${reactions}/kind_4`, undefined);
    expect([frozen.status, codeOf(frozen)]).toEqual([409, "room_frozen"]);
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "open" });

    await tenant.as("ada").delete(url);
    expect((await tenant.as("ada").get<Message>(url)).body.reactions).toEqual({});
    expect((await tenant.as("ada").get<Page<object>>(reactions)).body.items).toEqual([]);
    const late = await tenant.as("ada").put(`${reactions}/ok`, undefined);
    expect([late.status, codeOf(late)]).toEqual([409, "message_deleted"]);
  });

  test("the SDK reacts, and its rooms show what the server says", async () => {
    const { tenant, roomId, message, url } = await world();
    const { client, connect } = tenant.sdk("bob");
    await connect();
    await client.messages.react(roomId, message.id, "👍");
    await client.messages.react(roomId, message.id, "ok");
    await client.messages.unreact(roomId, message.id, "👍");
    const seen = () => client.rooms.get(roomId)?.lastMessage?.reactions;
    await eventually(() => expect(seen()).toEqual({ ok: { count: 1, userIds: ["bob"] } }));
    expect((await tenant.server.get<Message>(url)).body.reactions).toEqual(seen());
    client.disconnect();
  });
}

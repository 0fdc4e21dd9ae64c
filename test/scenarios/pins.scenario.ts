import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Message, Pin } from "#shared/protocol/resources.ts";
import type { Stage } from "./stage.ts";

const codeOf = (answer: { readonly body: unknown }) =>
  (answer.body as { error?: { code: string } } | null)?.error?.code;

/** Messages that a room has pinned. */
export function pins(stage: Stage): void {
  test("what an owner pins, everybody finds until it is unpinned or deleted, and a member of a group pins nothing", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"], "group");
    const room = `/v1/rooms/${roomId}`;
    await tenant.server.put(`${room}/members/olga`, { role: "owner" });
    const say = async (body: string) =>
      (await tenant.as("ada").post<Message>(`${room}/messages`, { body })).body;
    const [first, second] = [await say("the address"), await say("the code")];
    const url = ({ id }: Message) => `${room}/messages/${id}/pin`;
    const listed = async (userId = "bob") =>
      (await tenant.as(userId).get<{ items: Pin[] }>(`${room}/pins`)).body.items;
    expect(await listed()).toEqual([]);

    const bob = await tenant.connect("bob");
    const [olga, ada] = [await tenant.client("olga"), await tenant.client("ada")];
    expect((await olga.put<Message>(url(first), undefined)).body).toEqual(first);
    const pinned = await bob.reached(roomId, 5);
    expect(pinned).toMatchObject({ type: "message.pinned", messageId: first.id, number: 1, actorId: "olga" });
    // Over the socket, and again, which is no event.
    const socket = await tenant.connect("olga");
    await socket.request({ type: "message.pin", roomId, messageId: second.id });
    await bob.reached(roomId, 6);
    expect((await olga.put(url(second), undefined)).status).toBe(200);
    const items = await listed();
    expect(items.map(({ message, pinnedBy }) => [message.id, pinnedBy])).toEqual([
      [second.id, "olga"],
      [first.id, "olga"],
    ]);
    expect(items[1]).toEqual({ message: first, pinnedAt: pinned.at, pinnedBy: "olga" });
    expect(codeOf(await ada.put(url(first), undefined))).toBe("forbidden");
    expect(codeOf(await ada.delete(url(first)))).toBe("forbidden");

    expect((await olga.delete(url(first))).status).toBe(204);
    expect(await bob.reached(roomId, 7)).toMatchObject({ type: "message.unpinned", messageId: first.id });
    expect((await olga.delete(url(first))).status).toBe(204);
    expect((await listed()).map(({ message }) => message.id)).toEqual([second.id]);
    await ada.delete(`${room}/messages/${second.id}`);
    expect(await bob.reached(roomId, 8)).toMatchObject({ type: "message.deleted" });
    expect(await listed()).toEqual([]);
    expect(codeOf(await olga.put(url(second), undefined))).toBe("message_deleted");

    // Whom somebody blocks is not shown to it there either.
    await tenant.server.put(url(first), undefined);
    expect(await listed()).toMatchObject([{ pinnedBy: null }]);
    await tenant.as("bob").put("/v1/blocks/ada", undefined);
    await expect.poll(() => listed()).toEqual([]);
    expect(await listed("olga")).toHaveLength(1);
    await Promise.all([bob.close(), socket.close()]);
  });

  test("both pin in a direct room, so many messages and no more, and nobody in one that is not open", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const room = `/v1/rooms/${roomId}`;
    const ids: string[] = [];
    for (let n = 0; n <= limits.pinnedMessagesMax; n++) {
      ids.push((await tenant.as("ada").post<Message>(`${room}/messages`, { body: `${n}` })).body.id);
    }
    const pin = (messageId: string, userId = "bob") =>
      tenant.as(userId).put(`${room}/messages/${messageId}/pin`, undefined);
    const answers = await Promise.all(ids.slice(0, -1).map((id, i) => pin(id, i % 2 === 0 ? "ada" : "bob")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const [last = ""] = ids.slice(-1);
    const full = await pin(last);
    expect([full.status, codeOf(full)]).toEqual([409, "too_many_pins"]);
    await tenant.as("ada").delete(`${room}/messages/${ids[0]}/pin`);
    expect((await pin(last)).status).toBe(200);
    await tenant.server.patch(room, { state: "frozen" });
    expect(codeOf(await tenant.as("ada").delete(`${room}/messages/${last}/pin`))).toBe("room_frozen");
    const { items } = (await tenant.as("ada").get<{ items: Pin[] }>(`${room}/pins`)).body;
    expect([items.length, items[0]?.message.id]).toEqual([limits.pinnedMessagesMax, last]);
  });
}

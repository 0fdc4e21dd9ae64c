import { expect, test } from "vitest";
import { changedMessage, toMessage } from "#sdk/js/src/client.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { Stage } from "./stage.ts";

interface Page {
  readonly items: readonly Message[];
  readonly next: string | null;
}

const codeOf = (answer: { readonly body: unknown }) =>
  (answer.body as { error?: { code: string } } | null)?.error?.code;

/** Replies, what they show of the message that they reply to, and threads. */
export function replies(stage: Stage): void {
  async function world() {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob", "cem"], "group");
    const messages = `/v1/rooms/${roomId}/messages`;
    const say = async (userId: string, body: string, more: object = {}) =>
      (await tenant.as(userId).post<Message>(messages, { body, ...more })).body;
    return { tenant, roomId, messages, say };
  }

  test("a reply shows what it replies to, live and whenever it is read, and follows its edit and its deletion", async () => {
    const { tenant, roomId, messages, say } = await world();
    const long = "🙂".repeat(150);
    const root = await say("ada", long);
    const bob = await tenant.connect("bob");
    const reply = await say("cem", "yes", { replyToId: root.id, clientId: "c-1" });
    const quote = { messageId: root.id, senderId: "ada", kind: "text", body: "🙂".repeat(140) };
    const replyTo = { ...quote, attachments: 0, deletedAt: null };
    expect(reply).toMatchObject({ replyToId: root.id, replyTo, threadId: root.id, thread: null });
    const again = await tenant.as("cem").post(messages, { body: "yes", replyToId: root.id, clientId: "c-1" });
    expect([again.status, again.body]).toEqual([200, reply]);
    const { unread: _, ...live } = await bob.reached(roomId, 3);
    expect(live).toMatchObject({ type: "message.created", replyTo, threadId: root.id, threadCount: 1 });
    const events = `/v1/rooms/${roomId}/events?after=2&limit=1`;
    expect((await tenant.as("bob").get<Page>(events)).body.items).toEqual([live]);

    /** Each way to read the reply. */
    const everywhere = async () => {
      const back = await tenant.connect("bob", { [roomId]: 2 });
      const told = await back.reached(roomId, 3);
      await back.close();
      return [
        (await tenant.as("bob").get<Message>(`${messages}/${reply.id}`)).body,
        (await tenant.as("bob").get<Page>(messages)).body.items[0],
        ((await bob.request({ type: "history", roomId, limit: 1 })).items as Message[])[0],
        (await tenant.as("bob").get<Page>(`${messages}/${root.id}/thread`)).body.items[0],
        (await tenant.as("bob").get<Page>(events)).body.items[0],
        told as unknown as Message,
      ].map((read) => read?.replyTo);
    };
    expect(await everywhere()).toEqual(Array(6).fill(replyTo));
    await (await tenant.client("ada")).patch(`${messages}/${root.id}`, { body: "no" });
    const edited = await bob.reached(roomId, 4);
    expect(await everywhere()).toEqual(Array(6).fill({ ...replyTo, body: "no" }));
    await (await tenant.client("ada")).delete(`${messages}/${root.id}`);
    const deleted = await bob.reached(roomId, 5);
    const gone = { ...replyTo, body: null, deletedAt: deleted.deletedAt };
    expect(await everywhere()).toEqual(Array(6).fill(gone));

    // A client that saw it live comes to the same by the events.
    const seen = [edited, deleted].reduce(
      (message, event) => changedMessage(message, event as never),
      toMessage(live as never),
    );
    expect(seen.replyTo).toEqual(gone);
    await bob.close();
  });

  test("the answer to a reply or a pin shows nothing of whom its sender blocks, or says once it has left the room", async () => {
    const { tenant, roomId, messages, say } = await world();
    const root = await say("bob", "mine");
    const cem = await tenant.client("cem");
    const reply = { body: "yes", replyToId: root.id, clientId: "c-1" };
    const replyTo = async () => {
      const answer = await cem.post<Message>(messages, reply);
      expect([200, 201]).toContain(answer.status);
      return answer.body.replyTo;
    };
    expect(await replyTo()).toMatchObject({ body: "mine" });
    const ofServer = [
      await tenant.server.post<Message>(messages, { ...reply, kind: "system" }),
      await tenant.server.post<Message>(messages, { ...reply, kind: "system" }),
    ];
    expect(ofServer.map(({ status }) => status)).toEqual([201, 200]);
    expect(ofServer[1]?.body).toEqual(ofServer[0]?.body);
    await tenant.server.delete(`/v1/rooms/${roomId}/members/cem`);
    expect(await replyTo()).toBe(null);

    const ada = await tenant.connect("ada");
    expect(await ada.request({ type: "user.block", userId: "bob" })).toMatchObject({ type: "ok" });
    expect((await say("ada", "no", { replyToId: root.id })).replyTo).toBe(null);
    await tenant.server.put(`/v1/rooms/${roomId}/members/ada`, { role: "owner" });
    const owner = await tenant.client("ada");
    expect(codeOf(await owner.put(`${messages}/${root.id}/pin`, {}))).toBe("message_not_found");
    await ada.close();
  });

  test("replies to a message, and to its replies, are one thread with its own count, read apart from the room", async () => {
    const { tenant, roomId, messages, say } = await world();
    const root = await say("ada", "who can come?");
    const other = await say("bob", "something else");
    const first = await say("bob", "I", { replyToId: root.id });
    const second = await say("cem", "you?", { replyToId: first.id });
    const elsewhere = await say("cem", "what else?", { replyToId: other.id });
    expect([first, second, elsewhere].map(({ threadId }) => threadId)).toEqual([root.id, root.id, other.id]);
    const rootNow = async () => (await tenant.as("ada").get<Message>(`${messages}/${root.id}`)).body;
    expect((await rootNow()).thread).toEqual({ count: 2, lastAt: second.createdAt });

    const thread = (query = "", rootId = root.id) =>
      tenant.as("ada").get<Page>(`${messages}/${rootId}/thread${query}`);
    expect((await thread()).body).toEqual({ items: [second, first], next: null });
    const page = (await thread("?limit=1")).body;
    expect(page.items).toEqual([second]);
    expect((await thread(`?limit=1&cursor=${page.next}`)).body).toEqual({ items: [first], next: null });
    expect((await thread("", second.id)).body.items).toEqual([]);
    expect(codeOf(await thread("", `msg_${"0".repeat(22)}`))).toBe("message_not_found");

    // A deleted reply keeps its place and says nothing; the whole room is there as before.
    await (await tenant.client("bob")).delete(`${messages}/${first.id}`);
    expect((await thread()).body.items.map(({ body }) => body)).toEqual(["you?", null]);
    expect((await rootNow()).thread?.count).toBe(2);
    expect((await tenant.as("ada").get<Page>(messages)).body.items).toHaveLength(5);

    // Who blocks somebody is shown neither what was said nor what is quoted of it.
    await (await tenant.client("ada")).put("/v1/blocks/cem", {});
    const answer = await say("bob", "me too", { replyToId: second.id });
    expect(answer.replyTo).toMatchObject({ senderId: "cem", body: "you?" });
    await expect
      .poll(async () => (await thread()).body.items.map(({ body, replyTo }) => [body, replyTo?.body]))
      .toEqual([
        ["me too", undefined],
        [null, "who can come?"],
      ]);
    expect(roomId).toBe(root.roomId);
  });

  test("a reply to what is not in the room, and a mention of who is not, are refused, over the socket afterwards", async () => {
    const { tenant, roomId, say, messages } = await world();
    const elsewhere = await tenant.room(["ada", "bob"], "group");
    const { body: there } = await tenant
      .as("ada")
      .post<Message>(`/v1/rooms/${elsewhere}/messages`, { body: "x" });
    await tenant.server.put(`/v1/rooms/${roomId}/members/sue`, { role: "observer" });
    const post = (more: object) => tenant.as("ada").post(messages, { body: "?", ...more });
    expect(codeOf(await post({ replyToId: there.id }))).toBe("message_not_found");
    for (const mentioned of ["nobody", "sue"]) {
      expect(codeOf(await post({ mentions: ["bob", mentioned] })), mentioned).toBe("invalid_request");
    }
    expect((await post({ mentions: ["bob", "ada"] })).status).toBe(201);
    const ada = await tenant.connect("ada");
    const frame = { type: "message.send", roomId, body: "?", clientId: "c-9", replyToId: there.id };
    expect(await ada.request(frame)).toMatchObject({ type: "ok" });
    const rejected = await ada.next(({ type }) => type === "message.rejected");
    expect(rejected).toMatchObject({ clientId: "c-9", error: { code: "message_not_found" } });
    expect((await say("ada", "on")).number).toBe(2);
    await ada.close();
  });
}

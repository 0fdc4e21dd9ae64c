import { expect, test } from "vitest";
import type { Media } from "#shared/protocol/media.ts";
import type { Message, MessageVersion } from "#shared/protocol/resources.ts";
import type { WebhookDelivery, WebhookEndpoint } from "#shared/protocol/webhooks.ts";
import { eventually } from "./eventually.ts";
import { sendPicture } from "./pictures.ts";
import { Receiver } from "./receiver.ts";
import type { Stage } from "./stage.ts";

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export function hardDelete(stage: Stage): void {
  /** A room in which ada said something twice, and bob answered. */
  async function world() {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const room = `/v1/rooms/${roomId}`;
    const say = async (userId: string, body: string, more: object = {}) =>
      (await tenant.as(userId).post<Message>(`${room}/messages`, { body, ...more })).body;
    const told = async (userId: string) => {
      const rest = await tenant.as(userId).get(`${room}/events`);
      const socket = await tenant.connect(userId, { [roomId]: 1 });
      const { seq } = socket.connected.rooms[0] ?? { seq: 0 };
      await socket.reached(roomId, seq);
      const events = socket.events(roomId);
      await socket.close();
      return { rest: rest.text, resumed: JSON.stringify(events), events };
    };
    return { tenant, roomId, room, say, told };
  }

  test("whoever catches up after a delete is not told what the message said, and the server still reads it", async () => {
    const { tenant, room, say, told } = await world();
    const first = await say("ada", "secret 1", { custom: { secret: 1 }, mentions: ["bob"] });
    const url = `${room}/messages/${first.id}`;
    await tenant.as("ada").patch(url, { body: "secret 2" });
    await say("bob", "stays");
    expect((await tenant.as("ada").delete(url)).status).toBe(204);
    const { rest, resumed, events } = await told("bob");
    for (const text of [rest, resumed]) expect(text).not.toContain("secret");
    expect(events.map(({ type, seq, body }) => [type, seq, body])).toEqual([
      ["message.created", 2, null],
      ["message.updated", 3, null],
      ["message.created", 4, "stays"],
      ["message.deleted", 5, null],
    ]);
    expect(events[0]).toMatchObject({ messageId: first.id, senderId: "ada", number: 1, mentions: [] });
    expect(events[3]).not.toHaveProperty("erased");
    const versions = await tenant.server.get<Page<MessageVersion>>(`${url}/versions`);
    expect(versions.body.items.map(({ body }) => body)).toEqual(["secret 1", "secret 2"]);
  });

  test("what the server deletes for good is nowhere to be read any more", async () => {
    const { tenant, roomId, room, say, told } = await world();
    const first = await say("ada", "secret 1");
    const url = `${room}/messages/${first.id}`;
    expect((await tenant.server.put(`${url}/pin`, {})).status).toBe(200);
    await say("bob", "an answer", { replyToId: first.id });
    await tenant.as("ada").patch(url, { body: "secret 2" });
    const last = await say("ada", "secret 3");
    const live = await tenant.connect("bob");
    for (const hard of ["true", "yes"]) {
      const refused = await (await tenant.client("ada")).delete<{ error: { code: string } }>(
        `${url}?hard=${hard}`,
      );
      expect(refused.body.error.code).toBe(hard === "true" ? "forbidden" : "invalid_request");
    }
    for (const { id } of [first, last]) {
      for (const _ of [1, 2])
        expect((await tenant.server.delete(`${room}/messages/${id}?hard=true`)).status).toBe(204);
    }
    const deleted = await live.reached(roomId, 8);
    expect(deleted).toMatchObject({ type: "message.deleted", messageId: last.id, erased: true });
    expect(live.events(roomId).at(-2)).toMatchObject({ erased: true, emptied: [{ seq: 2 }, { seq: 5 }] });

    const { rest, resumed, events } = await told("bob");
    for (const text of [rest, resumed]) expect(text).not.toContain("secret");
    expect(events.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    const paths = ["/v1/rooms", room, url, `${url}/thread`, `${room}/messages`, `${room}/pins`];
    for (const path of [...paths, `${url}/versions`, `${room}/export`]) {
      const caller = /versions|export/.test(path) ? tenant.server : tenant.as("bob");
      const { status, text } = await caller.get(path);
      expect(status, path).toBe(200);
      expect(text, path).not.toContain("secret");
    }
    const { body: now } = await tenant.as("bob").get<Message>(url);
    expect(now).toMatchObject({ number: 1, body: null, erased: true, senderId: "ada" });
    const { body: thread } = await tenant.as("bob").get<Page<Message>>(`${url}/thread`);
    expect(thread.items[0]).toMatchObject({ body: "an answer", replyTo: { body: null } });
    await live.close();
  });

  test("a message that was taken back before is deleted for good as well, by a server that acts for a user too", async () => {
    const { tenant, room, say } = await world();
    const first = await say("ada", "secret");
    const url = `${room}/messages/${first.id}`;
    await tenant.as("ada").delete(url);
    const { body: before } = await tenant.as("bob").get<Message>(url);
    expect((await tenant.as("bob").delete(`${url}?hard=true`)).status).toBe(204);
    const { body: after } = await tenant.as("bob").get<Message>(url);
    expect(after).toEqual({ ...before, erased: true });
    const versions = await tenant.server.get<Page<MessageVersion>>(`${url}/versions`);
    expect(versions.body.items).toEqual([]);
    const { body: events } = await tenant.server.get<Page<object>>(`${room}/events`);
    expect(events.items.at(-1)).toMatchObject({ erased: true, emptied: [{ seq: 2 }], actorId: "bob" });
  });

  test("the file that it named goes with it, unless another message names that too", async () => {
    const { tenant, roomId, room } = await world();
    const [only, shared] = [
      await sendPicture(tenant, "ada", roomId),
      await sendPicture(tenant, "ada", roomId),
    ];
    const twice = { attachments: [{ type: "image", mediaId: shared }] };
    await tenant.as("ada").post(`${room}/messages`, twice);
    const { body: page } = await tenant.server.get<Page<Message>>(`${room}/messages`);
    const urls = await Promise.all(
      [only, shared].map(async (id) => (await tenant.as("bob").get<Media>(`/v1/media/${id}`)).body.url ?? ""),
    );
    const status = async () => Promise.all(urls.map(async (url) => (await fetch(url)).status));
    expect(await status()).toEqual([200, 200]);
    for (const { id } of page.items.slice(1)) await tenant.server.delete(`${room}/messages/${id}?hard=true`);
    await eventually(async () => expect(await status()).toEqual([404, 200]));
    expect((await tenant.server.get(`/v1/media/${only}`)).status).toBe(404);
    expect((await tenant.as("bob").get(`/v1/media/${shared}`)).status).toBe(200);
  });

  test("deliveries of webhooks that were made lose it, and those that are still to be made go out without it", async () => {
    const { tenant, room, say } = await world();
    const [taken, late] = [await Receiver.open(), await Receiver.open()];
    const begun = new Date(Date.now() - 60_000).toISOString();
    const hook = async ({ url }: Receiver) =>
      (await tenant.server.post<WebhookEndpoint>("/v1/webhooks/endpoints", { url })).body.endpointId;
    const [, lateId] = [await hook(taken), await hook(late)];
    let isOpen = false;
    late.answer = () => ({ status: isOpen ? 204 : 500 });
    const first = await say("ada", "secret 1");
    await tenant.as("ada").patch(`${room}/messages/${first.id}`, { body: "secret 2" });
    await say("bob", "an answer", { replyToId: first.id });
    await eventually(() => {
      for (const { calls } of [taken, late]) {
        expect(calls.map(({ body }) => body.body)).toEqual(expect.arrayContaining(["secret 1", "secret 2"]));
      }
      const quotes = taken.calls.flatMap(({ body }) => body.replyTo ?? []);
      expect(quotes).toMatchObject([{ body: "secret 2" }]);
    });
    await tenant.server.delete(`${room}/messages/${first.id}?hard=true`);
    await eventually(() => expect(taken.calls.some(({ body }) => body.erased)).toBe(true));
    const before = late.calls.length;
    isOpen = true;
    await eventually(async () => {
      // On a slow machine it was given up meanwhile; a replay is of what is kept, too.
      const endpoint = `/v1/webhooks/endpoints/${lateId}`;
      await tenant.server.patch(endpoint, { enabled: true });
      await tenant.server.post(`${endpoint}/replay`, { from: begun, to: new Date().toISOString() });
      const texts = late.calls.slice(before).map(({ body }) => [body.type, body.body ?? null, body.replyTo]);
      expect(texts).toContainEqual(["message.created", null, undefined]);
      expect(texts).toContainEqual(["message.updated", null, undefined]);
      expect(texts).toContainEqual(["message.created", "an answer", expect.objectContaining({ body: null })]);
    });
    expect(JSON.stringify(late.calls.slice(before).map(({ text }) => text))).not.toContain("secret");

    await eventually(async () => {
      const { body } = await tenant.server.get<Page<WebhookDelivery>>(
        "/v1/webhooks/deliveries?status=succeeded",
      );
      expect(body.items.length).toBeGreaterThanOrEqual(8);
      for (const { deliveryId } of body.items) {
        const { text } = await tenant.server.get(`/v1/webhooks/deliveries/${deliveryId}`);
        expect(text).not.toContain("secret");
      }
    });
  });
}

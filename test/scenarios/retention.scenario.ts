import { expect, test } from "vitest";
import type { Media } from "#shared/protocol/media.ts";
import type { Report } from "#shared/protocol/reports.ts";
import type { Message, Room, RoomSummary } from "#shared/protocol/resources.ts";
import type { Retention } from "#shared/protocol/retention.ts";
import type { WebhookDelivery } from "#shared/protocol/webhooks.ts";
import { eventually } from "./eventually.ts";
import { sendPicture } from "./pictures.ts";
import { Receiver } from "./receiver.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

const ever = { messageSeconds: null, closedRoomSeconds: null };
/** A node that looks may have said so just before, and rooms of other stories are looked at as well. */
const withinMs = 30_000;

const codeOf = (answer: { readonly body: unknown }) =>
  (answer.body as { error?: { code: string } } | null)?.error?.code;

export function retention(stage: Stage): void {
  const keep = async ({ tenantId }: Tenant, retention: Retention | null) => {
    const { status, text } = await stage
      .operator()
      .put(`/admin/v1/tenants/${tenantId}`, { settings: { retention } });
    expect(status, text).toBe(200);
  };

  /** A direct room with some of everything that may hang on a message, and a group beside it. */
  async function world() {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    await tenant.server.post("/v1/webhooks/endpoints", { url: receiver.url });
    const [pair, group] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "bob"], "group")];
    const room = `/v1/rooms/${pair}`;
    const say = async (userId: string, body: string, more: object = {}) =>
      (await tenant.as(userId).post<Message>(`${room}/messages`, { body, ...more })).body;
    const first = await say("ada", "secret 1", { mentions: ["bob"] });
    const url = `${room}/messages/${first.id}`;
    await tenant.server.put(`${url}/pin`, {});
    await tenant.as("bob").put(`${url}/reactions/👍`, {});
    await say("bob", "secret answer", { replyToId: first.id });
    await tenant.as("ada").patch(url, { body: "secret 2" });
    const mediaId = await sendPicture(tenant, "ada", pair, { fileName: "secret.png" });
    await tenant.as("bob").post(`${url}/reports`, { reason: "rude" });
    await tenant.as("ada").post(`/v1/rooms/${group}/messages`, { body: "stays" });
    await eventually(() =>
      expect(receiver.calls.filter(({ text }) => text.includes("secret"))).toHaveLength(4),
    );
    return { tenant, pair, group, room, say, first, url, mediaId };
  }

  test("what is older than its kind of room keeps it is gone everywhere, and the room goes on", async () => {
    const { tenant, pair, group, room, say, first, url, mediaId } = await world();
    const file = (await tenant.as("bob").get<Media>(`/v1/media/${mediaId}`)).body.url ?? "";
    expect((await fetch(file)).status).toBe(200);
    const live = await tenant.connect("bob");
    const before = (await tenant.server.get<Room>(room)).body;

    await keep(tenant, { direct: { ...ever, messageSeconds: 1 }, group: ever });
    const history = async (path = room) =>
      (await tenant.as("bob").get<Page<Message>>(`${path}/messages`)).body;
    await eventually(async () => expect((await history()).items).toEqual([]), withinMs);

    // Whoever was there heard of it, with its count.
    const expired = await eventually(() => {
      const found = live.events(pair).filter(({ type }) => type === "messages.expired");
      expect(found.at(-1)).toMatchObject({ number: 3, countable: 3, unread: 0 });
      return found;
    });
    const back = await tenant.connect("bob", { [pair]: 1 });
    const toSeq = expired.at(-1)?.seq;
    expect(await back.next(({ type }) => type === "room.gap")).toMatchObject({
      roomId: pair,
      fromSeq: 2,
      toSeq,
    });
    const summary = back.connected.rooms.find(({ roomId }) => roomId === pair);
    expect(summary).toMatchObject({ unread: 0, lastMessage: null, number: 3 });
    await back.close();
    const list = (await tenant.as("bob").get<Page<RoomSummary>>("/v1/rooms")).body;
    const listed = list.items.find(({ roomId }) => roomId === pair);
    expect(listed).toMatchObject({ unread: 0, lastMessage: null, updatedAt: before.updatedAt });
    expect(list.items.find(({ roomId }) => roomId === group)).toMatchObject({
      lastMessage: { body: "stays" },
    });

    const paths = [room, `${room}/messages`, `${room}/events`, `${room}/pins`, `${room}/export`];
    for (const path of paths) {
      const { status, text } = await tenant.server.get(path);
      expect(status, path).toBe(200);
      expect(text, path).not.toMatch(new RegExp(`secret|${first.id}|👍`));
    }
    for (const path of [url, `${url}/thread`, `${url}/versions`, `${url}/reactions`]) {
      expect(codeOf(await tenant.server.get(path)), path).toBe("message_not_found");
    }
    await eventually(async () => {
      expect((await fetch(file)).status).toBe(404);
      expect(codeOf(await tenant.server.get(`/v1/media/${mediaId}`))).toBe("media_not_found");
    });
    const reports = (await tenant.server.get<Page<Report>>("/v1/reports")).body;
    expect(reports.items).toMatchObject([{ messageId: first.id, message: null }]);
    await eventually(async () => {
      const { body } = await tenant.server.get<Page<WebhookDelivery>>("/v1/webhooks/deliveries");
      expect(body.items.some(({ eventType }) => eventType === "messages.expired")).toBe(true);
      for (const { deliveryId } of body.items) {
        expect((await tenant.server.get(`/v1/webhooks/deliveries/${deliveryId}`)).text).not.toContain(
          "secret",
        );
      }
    });

    await keep(tenant, null);
    const next = await say("ada", "a new beginning");
    expect(next.number).toBe(4);
    expect(next.seq).toBeGreaterThan(expired.at(-1)?.seq as number);
    expect(codeOf(await tenant.as("ada").patch(url, { body: "back" }))).toBe("message_not_found");
    const refused = await tenant.as("ada").post(`${room}/messages`, { body: "re", replyToId: first.id });
    expect(codeOf(refused)).toBe("message_not_found");
    expect(await history()).toMatchObject({ items: [{ number: 4 }], next: null });
    const bob = tenant.as("bob");
    const unread = async () => (await bob.get<{ unread: number }>(room)).body.unread;
    expect(await unread()).toBe(1);
    await bob.post(`${room}/read`, { number: 2 });
    expect(await unread()).toBe(1);
    await bob.post(`${room}/read`, { number: 4 });
    expect(await unread()).toBe(0);
    await bob.post(`${room}/unread`, { number: 1 });
    expect(await unread()).toBe(1);
    await live.close();
  });

  test("a room that was closed for so long is deleted, whatever the age of its messages", async () => {
    const tenant = await stage.tenant();
    const [over, open] = [await tenant.room(["ada"], "group"), await tenant.room(["ada"], "group")];
    for (const roomId of [over, open])
      await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "hi" });
    await tenant.server.patch(`/v1/rooms/${over}`, { state: "closed" });
    await keep(tenant, { direct: ever, group: { ...ever, closedRoomSeconds: 1 } });
    await eventually(
      async () => expect(codeOf(await tenant.server.get(`/v1/rooms/${over}`))).toBe("room_not_found"),
      withinMs,
    );
    const archive = await tenant.as("ada").get<Page<RoomSummary>>("/v1/rooms?state=closed");
    expect(archive.body.items).toEqual([]);
    const { body } = await tenant.as("ada").get<Page<Message>>(`/v1/rooms/${open}/messages`);
    expect(body.items).toMatchObject([{ body: "hi" }]);
  });

  test("both ages are said for both kinds, within bounds, and who set them is in the audit log", async () => {
    const tenant = await stage.tenant();
    const path = `/admin/v1/tenants/${tenant.tenantId}`;
    for (const wrong of [
      { direct: ever },
      { direct: ever, group: { ...ever, messageSeconds: 0 } },
      { direct: ever, group: { ...ever, messageSeconds: 315_360_001 } },
    ]) {
      const refused = await stage.operator().put(path, { settings: { retention: wrong } });
      expect(codeOf(refused)).toBe("invalid_request");
    }
    await keep(tenant, { direct: { ...ever, messageSeconds: 86_400 }, group: ever });
    const { text } = await stage.operator().get(`${path}/audit`);
    expect(text).toContain('"messageSeconds":86400');
  });
}

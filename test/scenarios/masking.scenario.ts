import { expect, test } from "vitest";
import { changedMessage } from "#sdk/js/src/client.ts";
import { toMessage } from "#sdk/js/src/message.ts";
import type { MessageCreatedEvent, MessageUpdatedEvent } from "#sdk/js/src/wire.ts";
import type { Message, MessageVersion, Room, RoomSummary } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

interface Page<T> {
  readonly items: readonly T[];
}

const find = ["phone", "email", "link", "handle"];
const phone = "06 12 34 56 78";
const secret = /12 ?34|345678|john|example\.com/;
const codeOf = (answer: { readonly body: unknown }) =>
  (answer.body as { error?: { code: string } } | null)?.error?.code;

export function masking(stage: Stage): void {
  /** A tenant whose every node knows what is masked. */
  async function tenantThat(rules: object): Promise<Tenant> {
    const tenant = await stage.tenant();
    const settings = { masking: { find, action: "mask", direct: true, roomPattern: "trip_*", ...rules } };
    const { status, text } = await stage.operator().put(`/admin/v1/tenants/${tenant.tenantId}`, { settings });
    expect(status, text).toBe(200);
    const roomId = await tenant.room(["ada", "bob"]);
    // Each node knows of a new setting within a second, and they take turns.
    await eventually(async () => {
      for (let turn = 0; turn < 4; turn++) {
        const { text } = await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: phone });
        expect(text).not.toMatch(secret);
      }
    });
    return tenant;
  }

  test("what is masked is nowhere the other side can read, and the sender is told", async () => {
    const tenant = await tenantThat({ customFields: ["caption"], allowedHosts: ["acme.com"] });
    const roomId = await tenant.room(["ada", "bob"]);
    const messages = `/v1/rooms/${roomId}/messages`;
    const [ada, bob] = [await tenant.connect("ada"), await tenant.connect("bob")];
    const content = {
      body: `Call ${phone}, or john@example.com. https://acme.com/42 is mine.`,
      attachments: [
        {
          type: "file",
          title: `${phone}.jpg`,
          url: "https://example.com/0612345678.jpg",
          custom: { caption: "zero six one two three four five six seven eight" },
        },
      ],
      custom: { caption: "john at example dot com", orderId: "0612345678" },
    };
    const clean = {
      body: "Call •••, or •••. https://acme.com/42 is mine.",
      attachments: [{ type: "file", title: "•••.jpg", custom: { caption: "•••" } }],
      custom: { caption: "•••", orderId: "0612345678" },
      masked: ["phone", "email", "link"],
    };
    const said = await tenant.as("ada").post<Message>(messages, { ...content, clientId: "c-1" });
    expect([said.status, said.body]).toMatchObject([201, clean]);
    const again = await tenant.as("ada").post<Message>(messages, { ...content, clientId: "c-1" });
    expect([again.status, again.body]).toEqual([200, said.body]);
    const live = await bob.reached(roomId, 2);
    expect(live).toMatchObject({ type: "message.created", ...clean });
    expect((await ada.reached(roomId, 2)).masked).toEqual(clean.masked);

    // Over the socket, in an edit, in a quote and in what was said before an edit.
    await ada.request({ type: "message.send", roomId, clientId: "c-2", body: "mine is @john_doe" });
    await ada.request({ type: "message.update", roomId, messageId: said.body.id, body: `so ${phone}` });
    const edited = await bob.reached(roomId, 4);
    expect(edited).toMatchObject({ type: "message.updated", body: "so •••", masked: clean.masked });
    // The client that customers have makes of the events what the history has.
    const { body: kept } = await tenant.as("bob").get<Message>(`${messages}/${said.body.id}`);
    const [made, change] = [live, edited] as unknown as [MessageCreatedEvent, MessageUpdatedEvent];
    expect(toMessage(made)).toEqual(said.body);
    expect(changedMessage(toMessage(made), change)).toEqual(kept);
    const reply = await tenant.as("bob").post<Message>(messages, { body: "ok", replyToId: said.body.id });
    expect(reply.body.replyTo).toMatchObject({ body: "so •••" });
    expect(reply.body).not.toHaveProperty("masked");

    const everything = [
      await tenant.as("bob").get(messages),
      await tenant.as("bob").get<Page<RoomSummary>>("/v1/rooms"),
      await tenant.as("bob").get(`/v1/rooms/${roomId}/events`),
      await tenant.as("bob").get(`${messages}/${said.body.id}/thread`),
      await tenant.server.get<Page<MessageVersion>>(`${messages}/${said.body.id}/versions`),
      await tenant.server.get(`/v1/rooms/${roomId}/export`),
      await tenant.server.get<Room>(`/v1/rooms/${roomId}`),
    ];
    const texts = [...everything.map(({ text }) => text), JSON.stringify(bob.events(roomId))];
    for (const text of texts) expect(text.replaceAll('"orderId":"0612345678"', "")).not.toMatch(secret);
    // The customer's own word stays, as do rooms and readers that nothing is decided for.
    const own = await tenant.server.post<Message>(messages, { kind: "system", body: `Support: ${phone}` });
    expect(own.body.body).toBe(`Support: ${phone}`);
    const group = await tenant.room(["ada", "bob"], "group");
    const free = await tenant.as("ada").post<Message>(`/v1/rooms/${group}/messages`, { body: phone });
    expect(free.body.body).toBe(phone);
    await Promise.all([ada.close(), bob.close()]);
  });

  test("a number over two messages in a row is not seen, also in a chosen group, a reaction and a room's name", async () => {
    const tenant = await tenantThat({ direct: true });
    const roomId = `trip_${tenant.tenantId}`;
    const members = [{ userId: "ada", role: "owner" }, { userId: "bob" }];
    await tenant.server.put(`/v1/rooms/${roomId}`, { type: "group", members });
    const messages = `/v1/rooms/${roomId}/messages`;
    const say = async (body: string) => (await tenant.as("ada").post<Message>(messages, { body })).body;
    const first = await say("my number is 0612");
    expect(first.body).toBe("my number is 0612");
    expect(await say("345678")).toMatchObject({ body: "•••", masked: ["phone"] });
    await tenant.as("bob").post(messages, { body: "345678" });
    const last = await say("thanks");
    const edited = await tenant.as("ada").patch<Message>(`${messages}/${last.id}`, { body: "345678" });
    expect(edited.body.body).toBe("•••");

    // An edit is looked at beside what was said after it as well.
    const pair = `/v1/rooms/${await tenant.room(["ada", "bob"])}/messages`;
    const early = await tenant.as("ada").post<Message>(pair, { body: "see you" });
    expect((await tenant.as("ada").post<Message>(pair, { body: "345678" })).body.body).toBe("345678");
    const begun = await tenant
      .as("ada")
      .patch<Message>(`${pair}/${early.body.id}`, { body: "my number is 0612" });
    expect(begun.body.body).toBe("my number is •••");

    const owner = await tenant.client("ada");
    const named = await owner.patch<Room>(`/v1/rooms/${roomId}`, { name: `Ada ${phone}` });
    expect(named.body.name).toBe("Ada •••");
    const reaction = await owner.put(`${messages}/${first.id}/reactions/0612345678`, {});
    expect([reaction.status, codeOf(reaction)]).toEqual([403, "contact_details_refused"]);
    expect((await owner.put(`${messages}/${first.id}/reactions/👍`, {})).status).toBe(200);
  });

  test("where it is refused, nothing of it is there, and the sender is told why", async () => {
    const tenant = await tenantThat({ action: "refuse", find: ["phone"] });
    const roomId = await tenant.room(["ada", "bob"]);
    const messages = `/v1/rooms/${roomId}/messages`;
    const refused = await tenant.as("ada").post(messages, { body: phone });
    expect([refused.status, codeOf(refused)]).toEqual([403, "contact_details_refused"]);
    const ada = await tenant.connect("ada");
    const frame = { type: "message.send", roomId, clientId: "c-1", body: phone };
    expect(await ada.request(frame)).toMatchObject({ type: "ok" });
    const rejected = await ada.next(({ type }) => type === "message.rejected");
    expect(rejected).toMatchObject({ clientId: "c-1", error: { code: "contact_details_refused" } });
    const fine = await tenant.as("ada").post<Message>(messages, { body: "at 10:30, it costs 12,500 EUR" });
    expect([fine.status, fine.body.seq]).toEqual([201, 2]);
    const edit = await tenant.as("ada").patch(`${messages}/${fine.body.id}`, { body: phone });
    expect(codeOf(edit)).toBe("contact_details_refused");
    await ada.close();
  });

  test("rules that make no sense are refused, each with its place", async () => {
    const tenant = await stage.tenant();
    const path = `/admin/v1/tenants/${tenant.tenantId}`;
    const rules = { find: ["phone"], action: "mask", direct: true, roomPattern: null };
    for (const [change, where] of [
      [{ find: [] }, "/settings/masking/find"],
      [{ find: ["fax"] }, "/settings/masking/find/0"],
      [{ action: "hide" }, "/settings/masking/action"],
      [{ allowedHosts: ["https://acme.com"] }, "/settings/masking/allowedHosts/0"],
      [{ words: [] }, "/settings/masking/words"],
    ] as const) {
      const refused = await stage.operator().put(path, { settings: { masking: { ...rules, ...change } } });
      const details = expect.arrayContaining([expect.objectContaining({ path: where })]);
      expect(refused.body).toMatchObject({ error: { code: "invalid_request", details } });
    }
  });
}

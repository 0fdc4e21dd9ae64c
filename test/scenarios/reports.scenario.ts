import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Report } from "#shared/protocol/reports.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import { Receiver } from "./receiver.ts";
import type { Stage } from "./stage.ts";

interface Page {
  readonly items: readonly Report[];
  readonly next: string | null;
}

const codeOf = (answer: { readonly body: unknown }) =>
  (answer.body as { error?: { code: string } } | null)?.error?.code;

export function reports(stage: Stage): void {
  async function world() {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob", "cem"], "group");
    const messages = `/v1/rooms/${roomId}/messages`;
    const say = async (userId: string, body: string) =>
      (await tenant.as(userId).post<Message>(messages, { body })).body;
    const queue = async (query = "") => (await tenant.server.get<Page>(`/v1/reports${query}`)).body;
    return { tenant, roomId, messages, say, queue };
  }

  test("a member reports what another says once, and the server finds it in its queue as it was, until it is dealt with", async () => {
    const { tenant, roomId, messages, say, queue } = await world();
    const said = await say("ada", "pay me outside");
    const url = `${messages}/${said.id}/reports`;
    const bob = await tenant.client("bob");
    const post = { reason: "fraud", note: "second time" };
    const made = await bob.post<Report>(url, post);
    expect([made.status, made.body]).toMatchObject([201, { roomId, messageId: said.id, ...post }]);
    const again = await bob.post<Report>(url, { reason: "spam" });
    expect([again.status, again.body]).toEqual([200, made.body]);
    await tenant.as("ada").patch(`${messages}/${said.id}`, { body: "nothing" });
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "closed" });
    const cem = tenant.sdk("cem");
    await cem.connect();
    await cem.client.messages.report(roomId, said.id, { reason: "spam" });
    const missing = cem.client.messages.report(roomId, `msg_${"0".repeat(22)}`, { reason: "spam" });
    await expect(missing).rejects.toMatchObject({ code: "message_not_found" });
    await cem.client.disconnect();

    const { items } = await queue("?status=open");
    expect(items.map(({ reporterId, reason }) => [reporterId, reason])).toEqual([
      ["cem", "spam"],
      ["bob", "fraud"],
    ]);
    const { reportId, at } = made.body;
    const kept = { ...made.body, reporterId: "bob", found: [], message: said };
    expect(items[1]).toEqual({ ...kept, status: "open", resolution: null });
    const resolved = await tenant.server.post<Report>(`/v1/reports/${reportId}/resolve`, {
      outcome: "warned",
    });
    expect(resolved.body).toMatchObject({
      ...kept,
      at,
      status: "resolved",
      resolution: { outcome: "warned" },
    });
    expect((await tenant.server.get(`/v1/reports/${reportId}`)).body).toEqual(resolved.body);
    expect((await queue("?status=resolved")).items).toEqual([resolved.body]);
    expect((await queue("?status=open")).items).toHaveLength(1);
    expect((await queue("?roomId=elsewhere")).items).toEqual([]);
    const first = await queue("?limit=1");
    expect((await queue(`?limit=1&cursor=${first.next}`)).items).toEqual([resolved.body]);

    // What is deleted for good is there no more either.
    await tenant.server.delete(`${messages}/${said.id}?hard=true`);
    await eventually(async () =>
      expect((await queue()).items.map(({ message }) => message)).toEqual([null, null]),
    );
  });

  test("an endpoint that names it is told of each report once, of those of masking too, and nobody in the room is", async () => {
    const { tenant, roomId, messages, say } = await world();
    const receiver = await Receiver.open();
    const events = ["message.reported"];
    await tenant.server.post("/v1/webhooks/endpoints", { url: receiver.url, events });
    const cem = await tenant.connect("cem");
    const said = await say("ada", "pay me outside");
    const url = `${messages}/${said.id}/reports`;
    const answers = await Promise.all(
      [1, 2, 3].map(() => tenant.as("bob").post<Report>(url, { reason: "fraud", note: "again" })),
    );
    const [made] = answers.map(({ body }) => body);
    // Those that came in one millisecond made the same.
    for (const { status } of answers) expect([200, 201]).toContain(status);
    expect(new Set(answers.map(({ body }) => body.reportId)).size).toBe(1);
    const first = await eventually(() => {
      const [call] = receiver.calls;
      expect(call).toBeDefined();
      return call?.body;
    });
    const { tenantId } = tenant;
    const about = { tenantId, roomId, messageId: said.id };
    const told = {
      type: "message.reported",
      ...about,
      at: made?.at,
      reportId: made?.reportId,
      reason: "fraud",
      reporterId: "bob",
    };
    expect(first).toEqual({ ...told, room: { type: "group", name: null, custom: null } });

    const masking = { find: ["phone"], action: "flag", direct: false, roomPattern: "*" };
    await stage.operator().put(`/admin/v1/tenants/${tenantId}`, { settings: { masking } });
    await eventually(async () => {
      await say("ada", "06 12 34 56 78");
      const flagged = receiver.calls.find(({ body }) => body.reporterId === null)?.body;
      expect(flagged).toMatchObject({ reason: "contact_details", roomId });
    });
    expect(receiver.calls.filter(({ body }) => body.reporterId === "bob")).toHaveLength(1);
    expect(JSON.stringify(cem.events(roomId))).not.toContain("report");
    await cem.close();
  });

  test("nobody reports what is its own, deleted, or elsewhere, and only so often", async () => {
    const { tenant, roomId, messages, say } = await world();
    const [own, gone, said] = [await say("bob", "mine"), await say("ada", "gone"), await say("ada", "said")];
    await tenant.as("ada").delete(`${messages}/${gone.id}`);
    const bob = await tenant.client("bob");
    const report = (id: string, caller = bob) => caller.post(`${messages}/${id}/reports`, { reason: "spam" });
    expect(codeOf(await report(own.id))).toBe("forbidden");
    expect(codeOf(await report(gone.id))).toBe("message_deleted");
    expect(codeOf(await report(`msg_${"0".repeat(22)}`))).toBe("message_not_found");
    expect(codeOf(await report(said.id, await tenant.client("eve")))).toBe("not_a_member");
    expect(codeOf(await bob.post(`${messages}/${said.id}/reports`, { reason: "So bad!" }))).toBe(
      "invalid_request",
    );
    expect(codeOf(await bob.get("/v1/reports"))).toBe("forbidden");
    expect(codeOf(await tenant.server.get(`/v1/reports/rep_${"0".repeat(25)}`))).toBe("report_not_found");
    const room = await tenant.as("bob").get<{ capabilities: string[] }>(`/v1/rooms/${roomId}`);
    expect(room.body.capabilities).toContain("message.report");
    const answers = await Promise.all(
      Array.from({ length: 4 * limits.rateUserReportsMax + 1 }, () => report(said.id)),
    );
    expect(new Set(answers.map(codeOf))).toContain("rate_limited");
  });

  test("what masking flags is said as it is, and waits in the queue with what was found", async () => {
    const { tenant, queue } = await world();
    const masking = { find: ["phone", "email"], action: "flag", direct: true, roomPattern: null };
    await stage.operator().put(`/admin/v1/tenants/${tenant.tenantId}`, { settings: { masking } });
    const direct = await tenant.room(["ada", "bob"]);
    const messages = `/v1/rooms/${direct}/messages`;
    const ada = await tenant.client("ada");
    await eventually(async () => {
      for (let turn = 0; turn < 4; turn++) await ada.post(messages, { body: "06 12 34 56 78" });
      expect((await queue(`?roomId=${direct}`)).items.length).toBeGreaterThanOrEqual(4);
    });
    const before = (await queue()).items.length;
    const said = await ada.post<Message>(messages, { body: "mail a@b.com", clientId: "c-1" });
    expect(said.body.body).toBe("mail a@b.com");
    expect(said.body).not.toHaveProperty("masked");
    await ada.post(messages, { body: "mail a@b.com", clientId: "c-1" });
    await ada.post(messages, { body: "see you at 10:30" });
    const { items } = await queue();
    expect(items).toHaveLength(before + 1);
    expect(items[0]).toMatchObject({
      reporterId: null,
      reason: "contact_details",
      messageId: said.body.id,
      found: [{ kind: "email", text: "a@b.com" }],
      message: said.body,
      status: "open",
    });
    const edited = await ada.patch<Message>(`${messages}/${said.body.id}`, { body: "or 0612345678" });
    const [newest] = (await queue()).items;
    expect(newest).toMatchObject({ found: [{ kind: "phone", text: "0612345678" }], message: edited.body });
  });
}

import { expect, test } from "vitest";
import { verifyWebhook } from "#sdk/node/src/webhooks.ts";
import type { BeforeSendHook } from "#shared/protocol/before-send.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import { type Received, Receiver, verify } from "./receiver.ts";
import type { Stage } from "./stage.ts";

const path = "/v1/before-send";
const codeOf = (answer: { readonly body: unknown }) =>
  (answer.body as { error?: { code: string } } | null)?.error?.code;

export function beforeSend(stage: Stage): void {
  /** A customer's server that says yes, no or something else, by what a message says. */
  async function world(settings: object = {}) {
    const [tenant, receiver] = [await stage.tenant(), await Receiver.open()];
    receiver.answer = ({ body: { body } }) => {
      const said = String(body);
      const answer = said.includes("bad")
        ? { action: "refuse", reason: "Mind your words." }
        : said.includes("call")
          ? { action: "rewrite", body: "call 06 12 34 56 78, kindly", custom: { by: "us" } }
          : { action: "accept", seen: true };
      return { status: 200, body: JSON.stringify(answer) };
    };
    const put = { url: `${receiver.url}/ask`, onFailure: "closed", timeoutMs: 3_000, ...settings };
    const made = await tenant.server.put<BeforeSendHook & { secret: string }>(path, put);
    expect(made.status, made.text).toBe(201);
    const roomId = await tenant.room(["ada", "bob"]);
    const messages = `/v1/rooms/${roomId}/messages`;
    const say = (body: string, more: object = {}) =>
      tenant.as("ada").post<Message>(messages, { body, ...more });
    // Each node knows of a new hook within a second, and they take turns.
    await eventually(async () => {
      const before = receiver.calls.length;
      for (let turn = 0; turn < 4; turn++) await say("probe");
      expect(receiver.calls.length).toBe(before + 4);
    });
    return { tenant, receiver, secret: made.body.secret, roomId, messages, say };
  }

  test("the customer's server lets a message pass, refuses it with its reason, or rewrites it, over REST and socket, in edits too", async () => {
    const { tenant, receiver, secret, roomId, messages, say } = await world();
    const good = await say("hello", { custom: { n: 1 }, clientId: "c-1" });
    expect([good.status, good.body.body]).toEqual([201, "hello"]);
    const call = receiver.calls.at(-1) as Received;
    expect(call.path).toBe("/ask");
    expect(call.body).toMatchObject({
      type: "message.before_send",
      request: "message.send",
      tenantId: tenant.tenantId,
      roomId,
      messageId: good.body.id,
      senderId: "ada",
      body: "hello",
      custom: { n: 1 },
    });
    verify(secret, call);
    expect(verifyWebhook({ body: call.text, headers: call.headers, secrets: secret }).id).toBe(good.body.id);
    expect(() => verifyWebhook({ body: `${call.text} `, headers: call.headers, secrets: secret })).toThrow();

    const refused = await say("bad");
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { error: { code: "message_refused", message: "Mind your words." } },
    ]);
    const rewritten = await say("call me");
    expect(rewritten.body).toMatchObject({ body: "call 06 12 34 56 78, kindly", custom: { by: "us" } });
    const { body: now } = await tenant.as("bob").get<Message>(`${messages}/${rewritten.body.id}`);
    expect(now).toEqual(rewritten.body);

    const ada = await tenant.connect("ada");
    const send = (clientId: string, body: string) =>
      ada.request({ type: "message.send", roomId, clientId, body });
    expect(await send("c-2", "hello")).toMatchObject({ type: "ok" });
    const error = { code: "message_refused", message: "Mind your words." };
    expect(await send("c-3", "so bad")).toMatchObject({ type: "error", error });
    const edit = { type: "message.update", roomId, messageId: good.body.id };
    expect(await ada.request({ ...edit, body: "a bad edit" })).toMatchObject({ type: "error", error });
    expect(await ada.request({ ...edit, body: "call" })).toMatchObject({ type: "ok" });
    await eventually(async () => {
      const { body } = await tenant.as("bob").get<Message>(`${messages}/${good.body.id}`);
      expect(body.body).toBe("call 06 12 34 56 78, kindly");
    });
    expect(codeOf(await tenant.as("ada").patch(`${messages}/${good.body.id}`, { body: "bad" }))).toBe(
      "message_refused",
    );
    // What was said before is answered as ever, whatever would be said of it now; others' rooms ask nobody.
    const before = receiver.calls.length;
    const again = await say("bad now", { clientId: "c-1" });
    expect([again.status, again.body.id]).toEqual([200, good.body.id]);
    expect(receiver.calls.length).toBe(before + 1);
    expect(codeOf(await (await tenant.client("eve")).post(messages, { body: "hi" }))).toBe("not_a_member");
    for (const server of [tenant.server, tenant.as("ada")]) {
      expect((await server.post(messages, { kind: "system", body: "bad weather" })).status).toBe(201);
    }
    expect(receiver.calls.length).toBe(before + 1);
    await ada.close();
  });

  test("a server that fails lets pass or refuses, as was chosen, and is soon not waited for any more", async () => {
    for (const onFailure of ["open", "closed"] as const) {
      const { tenant, receiver, say, roomId } = await world({ onFailure, timeoutMs: 400 });
      const other = await stage.tenant();
      const elsewhere = await other.room(["ada", "bob"]);
      const noAnswers: Readonly<Record<string, { status: number; body: string }>> = {
        malformed: { status: 200, body: "null" },
        failed: { status: 500, body: '{"action":"accept"}' },
        unsayable: { status: 200, body: '{"action":"rewrite","body":null}' },
        "too large": { status: 200, body: '{"action":"rewrite","body":"more than a tenant may say"}' },
      };
      await stage.operator().put(`/admin/v1/tenants/${tenant.tenantId}`, {
        settings: { messageBodyCodePoints: 20 },
      });
      // Each node learns of it for itself.
      await eventually(async () => {
        for (let turn = 0; turn < 6; turn++) expect((await say("x".repeat(21))).status).toBe(400);
      });
      receiver.answer = ({ body }) => noAnswers[String(body.body)] ?? "never";
      const wanted = onFailure === "open" ? [201, undefined] : [503, "hook_unavailable"];
      for (const body of Object.keys(noAnswers)) {
        const answer = await say(body);
        expect([answer.status, codeOf(answer)], body).toEqual(wanted);
        expect(receiver.calls.at(-1)?.body).toMatchObject({ body });
      }
      const begun = performance.now();
      for (let n = 0; n < 30; n++) {
        const answer = await say("hi", { clientId: `c-${n}` });
        expect([answer.status, codeOf(answer)]).toEqual(wanted);
      }
      expect(receiver.calls.filter(({ body }) => body.body === "hi").length).toBeLessThan(25);
      expect(performance.now() - begun).toBeLessThan(25 * 400);
      const ada = await tenant.connect("ada");
      const sent = await ada.request({ type: "message.send", roomId, clientId: "s-1", body: "hi" });
      expect(sent.type).toBe(onFailure === "open" ? "ok" : "error");
      const fine = await other.as("ada").post(`/v1/rooms/${elsewhere}/messages`, { body: "hi" });
      expect(fine.status).toBe(201);
      // It is tried again by itself.
      receiver.answer = () => ({ status: 200, body: '{"action":"accept"}' });
      await eventually(async () => {
        for (let turn = 0; turn < 2; turn++) expect((await say("back")).status).toBe(201);
        expect(receiver.calls.some(({ body }) => body.body === "back")).toBe(true);
      });
      await ada.close();
    }
  });

  test("what is asked has a secret of its own, shown once, which can be changed; and it can be ended", async () => {
    const { tenant, receiver, secret, say } = await world();
    const url = `${receiver.url}/other`;
    const changed = await tenant.server.put(path, { url, onFailure: "open" });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ url, onFailure: "open", timeoutMs: 1_000 });
    expect(changed.text).not.toContain("secret");
    expect((await tenant.server.get(path)).body).toEqual(changed.body);
    const rotated = await tenant.server.post<{ secret: string }>(`${path}/rotate-secret`);
    expect(rotated.body.secret).not.toBe(secret);
    await eventually(async () => {
      for (let turn = 0; turn < 4; turn++) {
        await say("signed");
        const call = receiver.calls.at(-1) as Received;
        expect(call.path).toBe("/other");
        for (const one of [secret, rotated.body.secret]) verify(one, call);
      }
    });
    const operator = await stage
      .operator()
      .put<object>(`/admin/v1/tenants/${tenant.tenantId}`, { name: "x" });
    expect(operator.text).not.toContain("whsec_");
    expect((await tenant.server.get(path)).body).toMatchObject({ url });
    expect((await tenant.server.delete(path)).status).toBe(204);
    expect(codeOf(await tenant.server.get(path))).toBe("before_send_not_found");
    await eventually(async () => {
      const before = receiver.calls.length;
      for (let turn = 0; turn < 4; turn++) await say("unasked");
      expect(receiver.calls.length).toBe(before);
    });
    const inner = await tenant.server.put(path, { url: "https://169.254.169.254/x", onFailure: "open" });
    expect(codeOf(inner)).toBe("invalid_request");
    const slow = await tenant.server.put(path, { url, onFailure: "open", timeoutMs: 3_001 });
    expect(codeOf(slow)).toBe("invalid_request");
  });
}

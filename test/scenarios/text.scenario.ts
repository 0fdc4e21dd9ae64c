import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { Stage } from "./stage.ts";

const texts: Readonly<Record<string, string>> = {
  emoji: "🚕 2 min away 🎉",
  "emoji joined by zero-width joiners, with skin tones and flags": "👩🏽‍🚀 👨‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇺🇳",
  "right-to-left": "السائق على بعد دقيقتين — הנהג בדרך",
  "right-to-left with marks and isolates": "abc \u202eدقيقة\u202c \u2067שלום\u2069 \u200f!",
  "combining marks, composed and not": "e\u0301 \u00e9 a\u0323\u0302 Z\u0351\u036b\u0343\u036a",
  "zero-width joiners, non-joiners and spaces": "a\u200db\u200cc\u200bd\ufeffe",
  "characters of four bytes": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠮷野家 \u{10ffff}",
  "newlines of every kind": "one\ntwo\r\nthree\rfour\u2028five\u2029six\u0085",
  "controls, NUL among them": "\u0000 a\u0000b \u0001\u0007\u001b[31m \u007f \t",
  "what looks like something else": `{"type":"ok"} \\u0041 \\n "' <script> & %00 \${x} -- ; DROP`,
  "blanks at both ends": "  \n padded \t ",
  "a byte order mark first": "\ufefftext",
  noncharacters: "\uffff \ufffe \ufdd0 \ufffd",
};

export function text(stage: Stage): void {
  test("text comes out as it went in: live, in the history, in lists, caught up and resumed", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const ada = await tenant.connect("ada");
    const bob = await tenant.client("bob");
    const bodies = Object.values(texts);
    for (const [i, body] of bodies.entries()) {
      if (i % 2 === 0) await ada.send(roomId, `c-${i}`, body);
      const custom = { [body.slice(0, 40)]: body };
      const sent =
        i % 2 === 0 ? null : await bob.post<Message>(`/v1/rooms/${roomId}/messages`, { body, custom });
      if (sent !== null) expect([sent.body.body, sent.body.custom]).toEqual([body, custom]);
      const { lastMessage } = (await bob.get<{ lastMessage: Message }>(`/v1/rooms/${roomId}`)).body;
      if (sent !== null) expect(lastMessage.body).toBe(body);
    }
    const last = bodies.length + 1;
    await ada.reached(roomId, last);
    expect(ada.bodies(roomId)).toEqual(bodies);
    const history = await bob.get<{ items: Message[] }>(`/v1/rooms/${roomId}/messages?limit=100`);
    expect(history.body.items.map(({ body }) => body).toReversed()).toEqual(bodies);
    const overSocket = await ada.request({ type: "history", roomId, limit: 100 });
    expect(overSocket.items).toEqual(history.body.items);
    const events = await bob.get<{ items: { body: string }[] }>(
      `/v1/rooms/${roomId}/events?after=1&limit=100`,
    );
    expect(events.body.items.map(({ body }) => body)).toEqual(bodies);
    const back = await tenant.connect("bob", { [roomId]: 1 });
    await back.reached(roomId, last);
    expect(back.bodies(roomId)).toEqual(bodies);
    await Promise.all([ada.close(), back.close()]);
  });

  test("names and custom data are kept as they are", async () => {
    const tenant = await stage.tenant();
    const names = Object.values(texts).map((text) => text.slice(0, 60));
    for (const [i, displayName] of names.entries()) {
      const profile = { displayName, custom: { [displayName]: [displayName] } };
      await tenant.server.put(`/v1/users/u${i}`, profile);
      expect((await tenant.server.get(`/v1/users/u${i}`)).body).toMatchObject(profile);
    }
  });

  test("the limit of a text counts code points: not bytes, and not halves of pairs", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const ada = await tenant.connect("ada");
    const bob = await tenant.client("bob");
    const max = limits.bodyCodePointsMax;
    expect(max).toBe(8_000);
    for (const [i, character] of ["a", "é", "ی", "🚕"].entries()) {
      const fits = character.repeat(max);
      const sent = await bob.post<Message>(`/v1/rooms/${roomId}/messages`, { body: fits });
      expect([sent.status, sent.body.body === fits]).toEqual([201, true]);
      await ada.send(roomId, `fits-${i}`, fits);
      const tooLong = await bob.post(`/v1/rooms/${roomId}/messages`, { body: `${fits}a` });
      expect(tooLong.body).toMatchObject({
        error: { code: "invalid_request", details: [{ path: "/body" }] },
      });
      const frame = { type: "message.send", roomId, clientId: `long-${i}`, body: `${fits}a` };
      expect((await ada.request(frame)).error).toMatchObject({ code: "invalid_request" });
    }
    await ada.reached(roomId, 9);
    expect(ada.events(roomId)).toHaveLength(8);
    await ada.close();
  });
}

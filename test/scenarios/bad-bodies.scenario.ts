import { expect, test } from "vitest";
import type { ErrorCode } from "#shared/errors/catalogue.ts";
import { limits } from "#shared/limits.ts";
import { expectDocumentedError } from "./documented-answer.ts";
import { rawRequest } from "./raw-http.ts";
import type { Stage } from "./stage.ts";
import { StillWorks } from "./still-works.ts";

type Case = readonly [name: string, body: string | Uint8Array, code?: ErrorCode];

const json = (value: unknown) => JSON.stringify(value);
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const withCustom = (custom: string) => `{"body":"x","custom":${custom}}`;
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const attachment = { type: "image" };

const notJson: readonly Case[] = [
  ["half an object", '{"body":"x"'],
  ["a trailing comma", '{"body":"x",}'],
  ["single quotes", "{'body':'x'}"],
  ["a number that JSON has not", '{"custom":{"x":NaN}}'],
  ["two values", '{"body":"x"}{"body":"y"}'],
  ["a form", "body=x&kind=text"],
  ["compressed bytes", Buffer.from("1f8b0800000000000003ab564acb", "hex")],
  ["bytes that are no UTF-8", Buffer.from([...Buffer.from('{"body":"'), 0xff, 0xfe, ...Buffer.from('"}')])],
  ["a character cut short", Buffer.from([...Buffer.from('{"body":"'), 0xf0, 0x9f, ...Buffer.from('"}')])],
  ["an overlong slash", Buffer.from([...Buffer.from('{"body":"'), 0xc0, 0xaf, ...Buffer.from('"}')])],
  [
    "half of a pair, as bytes",
    Buffer.from([...Buffer.from('{"body":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')]),
  ],
  ["half of a pair, escaped", '{"body":"\\ud83d"}'],
  ["the wrong half first", '{"body":"\\ude95\\ud83d"}'],
  ["half of a pair in a key", '{"body":"x","custom":{"\\ud83d":1}}'],
  ["a raw newline in a string", '{"body":"a\nb"}'],
  ["50,000 nested arrays", nested("[", "]", 50_000)],
  ["40,000 nested objects", objects(40_000)],
  ["50,000 arrays that never end", "[".repeat(50_000)],
  ["custom data deeper than allowed", withCustom(objects(limits.jsonDepthMax + 1))],
];

const notValid: readonly Case[] = [
  ["null", "null"],
  ["an array", '[{"body":"x"}]'],
  ["a string", '"body"'],
  ["a number", "1"],
  ["nothing to say", "{}"],
  ["an empty body", '{"body":""}'],
  ["an unknown field", '{"body":"x","bodi":"x"}'],
  ["an unknown field within", json({ body: "x", attachments: [{ ...attachment, uri: "x" }] })],
  ["a field of the prototype", '{"body":"x","__proto__":{"silent":true}}'],
  ["a constructor", '{"body":"x","constructor":{"prototype":{}}}'],
  ["a body of another type", '{"body":1}'],
  ["a kind that does not exist", '{"body":"x","kind":"loud"}'],
  ["a flag as text", '{"body":"x","silent":"true"}'],
  ["an empty clientId", '{"body":"x","clientId":""}'],
  ["a clientId with a blank", '{"body":"x","clientId":"a b"}'],
  ["a clientId with a newline", '{"body":"x","clientId":"a\\nb"}'],
  ["a clientId beyond ASCII", '{"body":"x","clientId":"é"}'],
  ["a clientId that is too long", json({ body: "x", clientId: "c".repeat(limits.idCharsMax + 1) })],
  ["a mention of the wrong form", '{"body":"x","mentions":["a/b"]}'],
  ["too many mentions", json({ body: "x", mentions: Array(limits.mentionsMax + 1).fill("ada") })],
  ["too many attachments", json({ attachments: Array(limits.attachmentsMax + 1).fill(attachment) })],
  [
    "an attachment that is no web page",
    json({ attachments: [{ ...attachment, url: "javascript:alert(1)" }] }),
  ],
  ["a reply to what is no message", '{"body":"x","replyToId":"42"}'],
  ["custom data that is no object", withCustom("[1]")],
  ["custom data larger than allowed", withCustom(json({ x: "y".repeat(limits.customBytesMax) }))],
  [
    "custom data larger than allowed in bytes",
    withCustom(json({ x: "🚕".repeat(limits.customBytesMax / 4) })),
  ],
];

const tooLarge: readonly Case[] = [
  ["a body larger than allowed", json({ body: "x", custom: { x: "y".repeat(limits.requestBodyBytesMax) } })],
  ["blanks, more than allowed", `{"body":"x"${" ".repeat(limits.requestBodyBytesMax)}}`],
];

/** As much as fits: 10 levels are the request's own at most. */
const deepest = withCustom(objects(limits.jsonDepthMax - 1));

export function badBodies(stage: Stage): void {
  const groups = [
    ["is not JSON in UTF-8", notJson, "invalid_json"],
    ["is no message", notValid, "invalid_request"],
    ["is too large", tooLarge, "payload_too_large"],
  ] as const;
  test.each(groups)(
    "a body that %s is refused by the catalogue, and nothing comes of it",
    async (_title, cases, code) => {
      const tenant = await stage.tenant();
      const works = await StillWorks.on(tenant, stage.deployment().processes);
      const roomId = await tenant.room(["ada", "bob"]);
      const path = `/v1/rooms/${roomId}/messages`;
      const headers = [
        ["x-api-key", tenant.apiKey],
        ["x-user-id", "ada"],
      ] as const;
      for (const [name, body] of cases) {
        const answer = await rawRequest(tenant.url, { method: "POST", path, headers, body });
        expectDocumentedError(answer);
        expect(answer.body, name).toMatchObject({ error: { code } });
        if (code === "invalid_request") expect(answer.body, name).toHaveProperty("error.details");
        expect(answer.text).not.toContain(tenant.apiKey);
        await works.check();
      }
      expect((await tenant.as("ada").get(path)).body).toEqual({ items: [], next: null });
      await works.close();
    },
  );

  test("a body sent in chunks is bounded as well", async () => {
    const tenant = await stage.tenant();
    const chunk = "x".repeat(0x10000);
    const body = `${`${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(8)}0\r\n\r\n`;
    const answer = await rawRequest(tenant.url, {
      method: "POST",
      path: "/v1/auth/token",
      headers: [
        ["x-api-key", tenant.apiKey],
        ["transfer-encoding", "chunked"],
      ],
      body,
    });
    expectDocumentedError(answer);
    expect(answer.body).toMatchObject({ error: { code: "payload_too_large" } });
  });

  test("a body is read as JSON whatever its type is said to be, and kept as it is up to its limits", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const path = `/v1/rooms/${roomId}/messages`;
    const types = [
      "application/json",
      "text/plain",
      "application/x-www-form-urlencoded",
      "nonsense",
      "",
      "a/b; c=d; e",
    ];
    for (const type of types) {
      const headers = [
        ["x-api-key", tenant.apiKey],
        ["x-user-id", "ada"],
        ["content-type", type],
      ] as const;
      const answer = await rawRequest(tenant.url, { method: "POST", path, headers, body: '{"body":"x"}' });
      expect([answer.status, type]).toEqual([201, type]);
    }
    const most = json({ x: "y".repeat(limits.customBytesMax - '{"x":""}'.length) });
    const odd = '{"__proto__":{"polluted":1},"constructor":{"prototype":1},"":null,"a":{"__proto__":[]}}';
    for (const custom of [deepest.slice(deepest.indexOf("custom") + 8, -1), most, odd]) {
      const sent = await tenant.as("ada").call("POST", path, withCustom(custom));
      expect(sent.status).toBe(201);
      expect(sent.text).toContain(`"custom":${custom}`);
      expect((await tenant.as("bob").get(`${path}?limit=1`)).text).toContain(`"custom":${custom}`);
    }
    expect((await tenant.as("ada").post(path, { body: "clean" })).body).not.toHaveProperty("polluted");
  });
}

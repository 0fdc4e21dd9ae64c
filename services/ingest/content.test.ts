import { expect, test } from "vitest";
import { assertCustomFits } from "#shared/http/custom-fits.ts";
import { limits } from "#shared/limits.ts";
import type { MessagePost } from "#shared/protocol/requests.ts";
import { assertFitsTenant, assertRealTime, messageFields } from "./content.ts";

const file = { type: "file", url: "https://x.example/a" };

const refusal = (path: string) =>
  expect.objectContaining({ code: "invalid_request", details: [expect.objectContaining({ path })] });

test.each<[string, MessagePost]>([
  ["a body", { body: "hi" }],
  ["a blank body, kept as it is", { body: " " }],
  ["attachments alone", { attachments: [file] }],
  ["an empty body beside attachments", { body: "", attachments: [file] }],
  ["custom alone, of kind custom", { kind: "custom", custom: { a: 1 } }],
  ["a body, of kind system", { kind: "system", body: "joined" }],
])("a message may have %s", (_what, content) => {
  expect(messageFields(content).body).toBe(content.body ?? null);
});

test.each<[string, MessagePost]>([
  ["nothing", {}],
  ["an empty body", { body: "" }],
  ["custom alone, of kind text", { custom: { a: 1 } }],
  ["no attachments", { attachments: [] }],
  ["nothing, of kind custom", { kind: "custom" }],
  ["null custom, of kind custom", { kind: "custom", custom: null }],
])("a message of %s is refused", (_what, content) => {
  expect(() => messageFields(content)).toThrow(expect.objectContaining({ code: "invalid_request" }));
});

test("what is left out has its default", () => {
  expect(messageFields({ body: "hi" })).toEqual({
    kind: "text",
    body: "hi",
    attachments: [],
    mentions: [],
    replyToId: null,
    custom: null,
    silent: false,
  });
});

test("custom data is measured in bytes of its JSON, wherever it is", () => {
  const filling = (bytes: number) => ({ a: "é".repeat((bytes - '{"a":""}'.length) / 2) });
  const largest = filling(limits.customBytesMax);
  expect(Buffer.byteLength(JSON.stringify(largest))).toBe(limits.customBytesMax);
  expect(messageFields({ body: "hi", custom: largest }).custom).toBe(largest);
  const larger = filling(limits.customBytesMax + 2);
  expect(() => messageFields({ body: "hi", custom: larger })).toThrow(refusal("/custom"));
  expect(() => messageFields({ attachments: [file, { ...file, custom: larger }] })).toThrow(
    refusal("/attachments/1/custom"),
  );
  expect(() => assertCustomFits(larger, "/custom")).toThrow(refusal("/custom"));
});

test("a time must exist", () => {
  assertRealTime("2028-02-29T23:59:59.999Z", "/closeAt");
  assertRealTime(null, "/closeAt");
  for (const time of ["2027-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-01-01T24:00:00.000Z"]) {
    expect(() => assertRealTime(time, "/closeAt"), time).toThrow();
  }
});

test("a message is as large as its tenant wants them at most, counted in code points, items and bytes", () => {
  const settings = { messageBodyCodePoints: 3, messageAttachments: 1, messageCustomBytes: 9 };
  const most = {
    body: "😀😀😀",
    attachments: [{ ...file, custom: { a: "1" } }],
    custom: { a: "1" },
  };
  assertFitsTenant(most, settings);
  assertFitsTenant({}, { messageBodyCodePoints: 1, messageAttachments: 0, messageCustomBytes: 0 });
  const larger: [MessagePost, string][] = [
    [{ ...most, body: "😀😀😀😀" }, "/body"],
    [{ ...most, attachments: [file, file] }, "/attachments"],
    [{ ...most, custom: { a: "é" } }, "/custom"],
    [{ ...most, attachments: [{ ...file, custom: { a: "12" } }] }, "/attachments/0/custom"],
  ];
  for (const [content, path] of larger) {
    expect(() => assertFitsTenant(content, settings)).toThrow(refusal(path));
  }
});

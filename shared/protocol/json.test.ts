import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { parseJson } from "./json.ts";

const invalid = expect.objectContaining({ code: "invalid_json" }) as Error;
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

/** Any text that UTF-8 can hold, the odd ones included. */
const text = fc.string({ unit: "binary" });

describe("text is kept exactly", () => {
  test("what was written as JSON is read as the same, from text and from bytes", () => {
    const value = fc.jsonValue({ maxDepth: limits.jsonDepthMax - 8, stringUnit: "binary" });
    fc.assert(
      fc.property(value, (written) => {
        const json = JSON.stringify(written);
        expect(parseJson(json)).toEqual(JSON.parse(json));
        expect(parseJson(Buffer.from(json))).toEqual(JSON.parse(json));
      }),
    );
  });

  test("no text is normalised, trimmed or repaired", () => {
    fc.assert(
      fc.property(text, (body) => {
        expect(parseJson(Buffer.from(JSON.stringify({ body })))).toEqual({ body });
      }),
    );
    for (const body of ["e\u0301", "\u00e9", " a ", "\u0000", "\u202e", "👨‍👩‍👧", "\ufeffx"]) {
      expect(parseJson(JSON.stringify({ body }))).toEqual({ body });
    }
  });

  test("an escaped pair of surrogates is one character", () => {
    expect(parseJson('"\\ud83d\\ude00"')).toBe("😀");
  });
});

describe("what cannot be kept is refused", () => {
  test.each([
    ["a lone byte of a longer character", [0x22, 0xc3, 0x22]],
    ["an overlong form", [0x22, 0xc0, 0xaf, 0x22]],
    ["a surrogate as bytes", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["a code point above the last", [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ["a cut character", [0x22, 0xf0, 0x9f, 0x98]],
  ])("%s", (_, bytes) => {
    expect(() => parseJson(Uint8Array.from(bytes))).toThrow(invalid);
  });

  test.each([
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '{"a":["\\uD83Dx"]}',
    '{"\\udfff":1}',
    '[[{"deep":{"key":"x\\ude00"}}]]',
  ])("half of a surrogate pair in %s", (json) => {
    expect(() => parseJson(json)).toThrow(invalid);
  });

  test.each(["", " ", "{", "nope", "{'a':1}", "[1,]", "NaN", "1 2", "\u0000"])(
    "%j, which is not JSON",
    (json) => {
      expect(() => parseJson(json)).toThrow(invalid);
    },
  );
});

describe("depth", () => {
  test("as deep as the limit is read, one deeper is not", () => {
    expect(parseJson(nested(limits.jsonDepthMax))).toBeInstanceOf(Array);
    expect(() => parseJson(nested(limits.jsonDepthMax + 1))).toThrow(invalid);
  });

  test("brackets within strings are no depth", () => {
    const body = `${"[{".repeat(100)}\\"${"[".repeat(100)}`;
    expect(parseJson(JSON.stringify({ body }))).toEqual({ body });
  });

  test.each([
    ["closed", nested(50_000)],
    ["never closed", "[".repeat(50_000)],
    ["objects", '{"a":'.repeat(50_000)],
  ])("50,000 nested arrays (%s) are refused at once", (_, json) => {
    const started = performance.now();
    expect(() => parseJson(json)).toThrow(invalid);
    expect(performance.now() - started).toBeLessThan(250);
  });
});

test("a key named __proto__ is a field like any other", () => {
  const value = parseJson('{"__proto__":{"admin":true}}') as object;
  expect(Object.keys(value)).toEqual(["__proto__"]);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

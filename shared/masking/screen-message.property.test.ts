import fc from "fast-check";
import { expect, test } from "vitest";
import type { MaskingRules } from "#shared/protocol/masking.ts";
import { screenMessage } from "./screen-message.ts";
import type { OpenDigits } from "./split-numbers.ts";

const rules: MaskingRules = {
  find: ["phone", "email", "link", "handle"],
  action: "mask",
  rooms: "all",
  allowedHosts: ["acme.com"],
  customFields: ["caption"],
};

const pieces = [
  ..."0123456789 .-@:/#+,()",
  " ",
  "•••",
  "06",
  "1234",
  "555 ",
  "zero ",
  "six ",
  "twenty ",
  "double ",
  "at ",
  " dot ",
  "com",
  "gmail",
  "john",
  "order ",
  "call ",
  "my number is ",
  "https://",
  "wa.me/",
  "insta: ",
  "🙂",
  "\u200b",
  "４",
  "ﷺ",
  "é",
  "e\u0301",
  "\ud800",
  "EUR",
  "\n",
];
const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
);
const rows = fc.subarray([...rules.find], { minLength: 1 });
const opens: fc.Arbitrary<OpenDigits | null> = fc.option(
  fc.record({
    number: fc.integer({ min: 1, max: 4 }),
    digits: fc.stringMatching(/^\d{1,15}$/),
    isLikely: fc.boolean(),
    isBare: fc.boolean(),
  }),
);

function screen(body: string, find: MaskingRules["find"] = rules.find, open: OpenDigits | null = null) {
  const content = { body, attachments: [{ type: "file", title: body }], custom: { caption: body, id: body } };
  return screenMessage(content, { ...rules, find }, { number: 5, mentions: [], before: open, after: null });
}

test("of what is left nothing is found any more, and it is the same again", () => {
  fc.assert(
    fc.property(text, rows, opens, (body, find, open) => {
      const once = screen(body, find, open);
      const { content, kinds } = screenMessage(
        once.content,
        { ...rules, find },
        { number: 5, mentions: [], before: open, after: null },
      );
      expect(content).toEqual(once.content);
      expect(kinds).toEqual([]);
    }),
    // Once the number is gone, what stood behind it is an address.
    { numRuns: 1_500, examples: [["06123400 0https://0", rules.find, null]] },
  );
});

test("what is found is taken out of the text, and all else stays to the character", () => {
  fc.assert(
    fc.property(text, (body) => {
      const { content, kinds, found } = screen(body);
      expect(content.custom).toMatchObject({ id: body });
      if (kinds.length === 0) expect(content).toMatchObject({ body, custom: { caption: body } });
      expect(found.every(({ text }) => body.includes(text))).toBe(true);
      const kept = (content.body ?? "").split("•••");
      let at = 0;
      for (const part of kept) {
        const next = body.indexOf(part, at);
        expect(next).toBeGreaterThanOrEqual(at);
        at = next + part.length;
      }
    }),
    { numRuns: 1_000 },
  );
});

test("what is kept of a message's digits is bounded", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (bodies) => {
      let open: OpenDigits | null = null;
      for (const [index, body] of bodies.entries()) {
        open = screenMessage({ body, attachments: [], custom: null }, rules, {
          number: index + 1,
          mentions: [],
          before: open,
          after: null,
        }).open;
        expect(open?.digits ?? "").toMatch(/^\d{0,15}$/);
        expect(JSON.stringify(open).length).toBeLessThan(100);
      }
    }),
    { numRuns: 500 },
  );
});

const hard = [
  "0",
  "a",
  ".",
  "@",
  "a.",
  "a@",
  "a.b@",
  "1 ",
  "1-",
  "1,",
  "1.",
  "1:",
  "06 ",
  "2024 ",
  "1,000",
  "•",
  "zero",
  "zero ",
  "twenty",
  "double ",
  "o",
  "l1",
  "dot ",
  "a dot ",
  "at ",
  "insta: ",
  "insta ",
  "http://",
  "a.com/",
  "com.",
  "@a",
  "\u200b",
  "ﷺ",
  "🙂",
  "4️⃣",
  "+1",
  "( ",
];

test.each(hard)("40 KB of %j take a time that is in proportion to them", (unit) => {
  const size = 40_960;
  const body = unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
  const content = { body, attachments: [], custom: null };
  const before = process.cpuUsage();
  screenMessage(content, rules, { number: 1, mentions: [], before: null, after: null });
  // Some 30 ms where nothing else runs; what is not linear takes seconds.
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(600);
});

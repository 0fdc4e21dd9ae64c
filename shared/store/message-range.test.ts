import { expect, test } from "vitest";
import { messageRange } from "./message-range.ts";

test.each([
  ["the newest", { limit: 10 }, { from: 91, to: 100 }],
  ["all there are", { limit: 500 }, { from: 1, to: 100 }],
  ["those before", { before: 51, limit: 10 }, { from: 41, to: 50 }],
  ["a start cut short", { before: 4, limit: 10 }, { from: 1, to: 3 }],
  ["the oldest after", { after: 50, limit: 10 }, { from: 51, to: 60 }],
  ["an end cut short", { after: 95, limit: 10 }, { from: 96, to: 100 }],
  ["the newest between", { after: 50, before: 80, limit: 10 }, { from: 70, to: 79 }],
  ["all between", { after: 50, before: 55, limit: 10 }, { from: 51, to: 54 }],
  ["before beyond the newest", { before: 1_000, limit: 2 }, { from: 99, to: 100 }],
  ["after nothing", { after: 0, limit: 2 }, { from: 1, to: 2 }],
  ["nothing before the first", { before: 1, limit: 10 }, null],
  ["nothing after the last", { after: 100, limit: 10 }, null],
  ["nothing between neighbours", { after: 50, before: 51, limit: 10 }, null],
])("of 100 messages: %s", (_, page, expected) => {
  expect(messageRange(page, 100)).toEqual(expected);
});

test("an empty room has no page", () => {
  expect(messageRange({ limit: 10 }, 0)).toBeNull();
});

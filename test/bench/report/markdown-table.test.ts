import { expect, test } from "vitest";
import { markdownTable } from "./markdown-table.ts";

test("the first row is the head", () => {
  expect(
    markdownTable([
      ["members", "p50"],
      ["2", "1.0"],
    ]),
  ).toBe("| members | p50 |\n|---|--:|\n| 2 | 1.0 |");
});

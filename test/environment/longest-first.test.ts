import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { longFiles } from "./longest-first.ts";

test("the files that are begun first are there", () => {
  expect(longFiles.filter((path) => !existsSync(path))).toEqual([]);
});

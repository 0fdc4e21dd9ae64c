import { expect, test } from "vitest";
import { parseReplication } from "./replication.ts";

test("a number is meant for the local data centre", () => {
  expect(parseReplication("3", "eu")).toEqual({ eu: 3 });
});

test("data centres are named one by one", () => {
  expect(parseReplication("eu:3,us:2", "eu")).toEqual({ eu: 3, us: 2 });
});

test.each(["", "0", "eu", "eu:0", "eu:3,eu:2", "eu:3;us:3", "'; DROP"])("%j is refused", (text) => {
  expect(() => parseReplication(text, "eu")).toThrow("replication");
});

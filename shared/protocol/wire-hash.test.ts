import { expect, test } from "vitest";
import { wireHashes } from "./version.ts";
import { canonicalWire, wireHash } from "./wire-hash.ts";

test("the wire is the one that the current version names", () => {
  const hash = wireHash();
  expect(
    wireHashes.at(-1),
    [
      "What goes over the wire has changed: a REST call, frame, event, command, record, intent, error or close code.",
      "Nodes and clients of the version before will meet this one: they must be able to read what it sends, and it",
      `what they send. If that holds, append "${hash}" to wireHashes in shared/protocol/version.ts,`,
      "or put it in place of the last one where that version was never released.",
    ].join("\n"),
  ).toBe(hash);
});

test("no two versions have the same wire", () => {
  expect(new Set(wireHashes).size).toBe(wireHashes.length);
});

test("words for people are not part of the wire, fields of the same name are", () => {
  const schema = { type: "object", description: "A user.", properties: { title: { type: "string" } } };
  expect(canonicalWire(schema)).toEqual({ type: "object", properties: { title: { type: "string" } } });
});

test("the order in which fields are written is not part of the wire", () => {
  const text = (value: unknown) => JSON.stringify(canonicalWire(value));
  expect(text({ a: 1, b: { c: 2, d: 3 } })).toBe(text({ b: { d: 3, c: 2 }, a: 1 }));
  expect(text(["a", "b"])).not.toBe(text(["b", "a"]));
});

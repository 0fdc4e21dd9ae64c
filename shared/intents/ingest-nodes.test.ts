import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { IngestNodes } from "./ingest-nodes.ts";

const take = (nodes: IngestNodes, count: number) => Array.from({ length: count }, () => nodes.next());

test("nodes are called in turn", () => {
  expect(take(new IngestNodes(["a", "b"]), 4)).toEqual(["a", "b", "a", "b"]);
});

test("one that failed is left alone, then tried by one call at a time, for longer each time", () => {
  let nowMs = 0;
  const nodes = new IngestNodes(["a", "b"], () => nowMs);
  nodes.failed("a", "refused");
  // The other calls that were at it.
  nodes.failed("a", "refused");
  expect(take(nodes, 3)).toEqual(["b", "b", "b"]);
  nowMs += limits.ingestRestMsMin;
  expect(take(nodes, 4).filter((url) => url === "a")).toHaveLength(1);
  nodes.failed("a", "refused");
  nowMs += limits.ingestRestMsMin;
  expect(take(nodes, 2)).toEqual(["b", "b"]);
  nowMs += limits.ingestRestMsMin;
  expect(take(nodes, 2)).toContain("a");
  nodes.answered("a");
  expect(take(nodes, 4).filter((url) => url === "a")).toHaveLength(2);
});

test("one that said nothing is left alone for longer, as each try costs a call its time", () => {
  let nowMs = 0;
  const nodes = new IngestNodes(["a", "b"], () => nowMs);
  nodes.failed("a", "silent");
  nowMs += limits.ingestSilentRestMs - 1;
  expect(take(nodes, 2)).toEqual(["b", "b"]);
  nowMs += 1;
  expect(take(nodes, 2)).toContain("a");
});

test("where all have failed each is tried by one call at a time, without a rest", () => {
  const nodes = new IngestNodes(["a", "b"], () => 0);
  nodes.failed("a", "silent");
  nodes.failed("b", "refused");
  expect(take(nodes, 3)).toEqual(["a", "b", null]);
  nodes.failed("b", "refused");
  expect(take(nodes, 2)).toEqual(["b", null]);
  nodes.answered("a");
  expect(take(nodes, 2)).toEqual(["a", "a"]);
});

test("a new list is followed at once, and a failure of one that has gone is forgotten", () => {
  const nodes = new IngestNodes(["a", "b"]);
  nodes.failed("b", "refused");
  nodes.replace(["b", "c"]);
  expect(take(nodes, 2)).toEqual(["c", "c"]);
  nodes.replace(["c", "d"]);
  nodes.failed("b", "refused");
  nodes.replace(["b"]);
  expect(nodes.next()).toBe("b");
});

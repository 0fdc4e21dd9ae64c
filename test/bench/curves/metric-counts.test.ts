import { expect, test } from "vitest";
import { countsIn, countsSince } from "./metric-counts.ts";

const text = `# HELP calls_count x
calls_count{service="gateway",operation="readHeads",ok="true"} 3
calls_count{service="gateway",operation="readHeads",ok="false"} 1
calls_count{operation="listOpenRooms",ok="true"} 2.5
calls_count_other{operation="readHeads"} 100
calls_sum{operation="readHeads"} 100
`;

test("a metric is summed by one label over the others", () => {
  expect([...countsIn(text, "calls_count", "operation")]).toEqual([
    ["readHeads", 4],
    ["listOpenRooms", 2.5],
  ]);
  expect([...countsIn(text, "nothing", "operation")]).toEqual([]);
});

test("what was added counts a new process from nothing, and leaves out what did not change", () => {
  const before = new Map([
    [
      1,
      new Map([
        ["a", 5],
        ["b", 1],
      ]),
    ],
  ]);
  const after = new Map([
    [
      1,
      new Map([
        ["a", 7],
        ["b", 1],
      ]),
    ],
    [2, new Map([["a", 3]])],
  ]);
  expect([...countsSince(before, after)]).toEqual([["a", 5]]);
});

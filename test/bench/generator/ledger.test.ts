import { beforeEach, expect, test } from "vitest";
import { type Created, Ledger } from "./ledger.ts";
import { compareWithHistory } from "./room-history.ts";
import { Tally } from "./tally.ts";

let ledger: Ledger;
let tally: Tally;

beforeEach(() => {
  ledger = new Ledger("run", "trip-1", ["ada", "bob"]);
  tally = new Tally();
  for (const member of [0, 1] as const) ledger.startAt(member, 1);
});

const event = (n: number): Created => ({
  messageId: `m${n}`,
  seq: n + 2,
  number: n + 1,
  clientId: ledger.clientIdOf(n),
  senderId: "ada",
  body: ledger.bodyOf(n),
});
const send = () => ledger.add(0, 0, tally);
const seeAll = (n: number) => {
  for (const member of [0, 1] as const) ledger.saw(member, event(n), tally, 5);
};
const stored = (...ns: number[]) => ns.map((n) => ({ ...event(n), id: `m${n}` })).toReversed();
const compare = (items: object[]) => compareWithHistory(ledger, async () => ({ items }));

test("a message that was acknowledged and seen by both members is complete, in any order", async () => {
  send();
  send();
  ledger.acked(0, "m0", 3);
  seeAll(0);
  seeAll(1);
  expect(tally.complete).toBe(1);
  ledger.acked(1, "m1", 9);
  expect(tally).toMatchObject({ acked: 2, delivered: 2, complete: 2, violations: [] });
  expect(await compare(stored(0, 1))).toEqual([]);
});

test.each([
  ["a hole in seq", () => ledger.saw(1, { ...event(0), seq: 3 }, tally, 0), /seq 3 follows 1/],
  [
    "a message that nobody sent",
    () => ledger.saw(1, { ...event(0), clientId: "run-7" }, tally, 0),
    /nobody sent/,
  ],
  [
    "a message of somebody else",
    () => ledger.saw(1, { ...event(0), clientId: "other" }, tally, 0),
    /nobody sent/,
  ],
  [
    "a text that was changed",
    () => ledger.saw(1, { ...event(0), body: "else" }, tally, 0),
    /text was changed/,
  ],
  ["another sender", () => ledger.saw(1, { ...event(0), senderId: "bob" }, tally, 0), /sender/],
  ["a message seen twice", () => [seeAll(0), seeAll(0)], /seen twice/],
  ["an event of another message", () => [ledger.acked(0, "m9", 0), seeAll(0)], /is m9 and m0/],
  ["two acknowledgements", () => [ledger.acked(0, "m0", 0), ledger.acked(0, "m0", 0)], /acknowledged twice/],
])("%s is found", (_what, happens, message) => {
  send();
  happens();
  expect(tally.violations.join("\n")).toMatch(message);
});

test.each([
  ["an acknowledged message that is not in the history", [], /not in the history/],
  ["a message in the history twice", () => [...stored(0), ...stored(0)], /twice/],
  ["a message in the history that nobody sent", () => stored(0, 1), /nobody sent it/],
  ["another text in the history", () => stored(0).map((message) => ({ ...message, body: "" })), /otherwise/],
])("%s is found", async (_what, items, message) => {
  send();
  ledger.acked(0, "m0", 0);
  seeAll(0);
  expect((await compare(typeof items === "function" ? items() : items)).join("\n")).toMatch(message);
});

test("what was refused may be missing in the history", async () => {
  send();
  ledger.refused(0, "overloaded");
  expect(tally).toMatchObject({ refused: { overloaded: 1 }, settled: true });
  expect(await compare([])).toEqual([]);
});

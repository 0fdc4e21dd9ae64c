import { describe, expect, test } from "vitest";
import { checkHistory } from "./check-history.ts";
import { eventOf, goodRun, nth, type Run } from "./good-run.ts";

const firstSession = (run: Run, subscriber: number) => nth(nth(run.subscribers, subscriber).sessions, 0);

describe("honest outcomes are no violation", () => {
  test.each<[string, (run: Run) => void]>([
    [
      "a send without an answer that came to nothing",
      (run) => {
        const send = nth(run.sends, 0);
        run.sends.push({ ...send, clientId: "lost", outcome: { type: "unknown" } });
      },
    ],
    [
      "a send without an answer that arrived",
      (run) => {
        nth(run.sends, 3).outcome = { type: "unknown" };
      },
    ],
    [
      "a refused send that came to nothing",
      (run) => {
        run.sends.push({
          ...nth(run.sends, 0),
          clientId: "bad",
          outcome: { type: "fail", code: "read_only", atMs: 0 },
        });
      },
    ],
    [
      "a repeat that was answered with the original",
      (run) => {
        run.sends.push({ ...nth(run.sends, 0) });
      },
    ],
    [
      "a resume that takes over where the last connection ended",
      (run) => {
        const first = firstSession(run, 0);
        const rest = first.seen.splice(4);
        nth(run.subscribers, 0).sessions.push({ startSeq: new Map([["order_1", 5]]), seen: rest });
      },
    ],
    [
      "a gap that says what it leaves out",
      (run) => {
        const gap = { type: "room.gap", roomId: "order_1", fromSeq: 4, toSeq: 6 } as const;
        for (const subscriber of [0, 1])
          firstSession(run, subscriber).seen.splice(2, 3, { atMs: 600, frame: gap });
      },
    ],
    [
      "a client that went away before the end",
      (run) => {
        nth(run.subscribers, 0).complete = false;
        firstSession(run, 0).seen.splice(5);
      },
    ],
    [
      "a room that begins with its user's coming",
      (run) => {
        const { startSeq, seen } = firstSession(run, 0);
        startSeq.clear();
        const added = {
          ...nth(seen, 0).frame,
          type: "member.added",
          actorId: null,
          userId: "ada",
          role: "member",
        };
        seen.splice(0, 1, { atMs: 0, frame: added as never });
        firstSession(run, 1).seen.splice(0, 1, { atMs: 0, frame: added as never });
        nth(run.rooms, 0).messages.shift();
        for (const [index, message] of nth(run.rooms, 0).messages.entries()) {
          message.number = index + 1;
          for (const { seen: all } of [firstSession(run, 0), firstSession(run, 1)]) {
            all[index + 1] = { atMs: 0, frame: eventOf("acme", message) };
          }
        }
        run.sends.shift();
      },
    ],
  ])("%s", (_what, spoil) => {
    const run = goodRun();
    spoil(run);
    expect(checkHistory(run)).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import { assertHistory, checkHistory } from "./check-history.ts";
import { type eventOf, goodRun, nth, type Run } from "./good-run.ts";
import type { History, Invariant } from "./history.ts";
import { recoveries } from "./recovery.ts";

function invariantsBrokenBy(spoil: (run: Run) => void): Set<Invariant> {
  const run = goodRun();
  spoil(run);
  return new Set(checkHistory(run as History).map(({ invariant }) => invariant));
}

const firstSession = (run: Run, subscriber: number) => nth(nth(run.subscribers, subscriber).sessions, 0);

test("a run in which everything went well has no violation", () => {
  expect(checkHistory(goodRun())).toEqual([]);
  expect(() => assertHistory(goodRun())).not.toThrow();
});

test("violations are named in the failure", () => {
  const run = goodRun();
  nth(run.rooms, 0).messages.pop();
  expect(() => assertHistory(run)).toThrow(
    /I1: msg_acme_10 \(acme-10 of ada in order_1\) was acked and is not/,
  );
});

describe("every planted violation is found", () => {
  test.each<[Invariant, string, (run: Run) => void]>([
    [
      "I1",
      "an acked message that is not in the history",
      (run) => {
        nth(run.rooms, 0).messages.splice(4, 1);
      },
    ],
    [
      "I1",
      "an acked message that nobody ever saw",
      (run) => {
        run.sends.push({
          ...nth(run.sends, 0),
          clientId: "gone",
          outcome: { type: "ok", messageId: "msg_gone", atMs: 0 },
        });
      },
    ],
    [
      "I1",
      "an acked message kept with another body",
      (run) => {
        nth(nth(run.rooms, 0).messages, 2).body = "changed";
      },
    ],
    [
      "I2",
      "a message that nobody sent",
      (run) => {
        nth(run.sends, 0).clientId = "other";
      },
    ],
    [
      "I2",
      "a message that was refused",
      (run) => {
        nth(run.sends, 0).outcome = { type: "fail", code: "room_closed", atMs: 0 };
      },
    ],
    [
      "I2",
      "a live message with another body",
      (run) => {
        Object.assign(nth(firstSession(run, 0).seen, 2).frame, { body: "changed" });
      },
    ],
    [
      "I3",
      "a send that is two messages in the history",
      (run) => {
        const message = nth(nth(run.rooms, 0).messages, 4);
        nth(run.rooms, 0).messages.push({ ...message, id: "msg_twice", number: 11, seq: 12 });
      },
    ],
    [
      "I3",
      "one row twice",
      (run) => {
        const { messages } = nth(run.rooms, 0);
        messages.push({ ...nth(messages, -1) });
      },
    ],
    [
      "I3",
      "a send that was live under two ids",
      (run) => {
        Object.assign(nth(firstSession(run, 0).seen, 2).frame, { messageId: "msg_other" });
      },
    ],
    [
      "I3",
      "a repeat that was answered with another message",
      (run) => {
        const send = nth(run.sends, 0);
        run.sends.push({ ...send, outcome: { type: "ok", messageId: "msg_acme_2", atMs: 0 } });
      },
    ],
    [
      "I4",
      "a hole",
      (run) => {
        firstSession(run, 0).seen.splice(3, 1);
      },
    ],
    [
      "I4",
      "a repeat",
      (run) => {
        const { seen } = firstSession(run, 0);
        seen.splice(4, 0, nth(seen, 3));
      },
    ],
    [
      "I4",
      "two events in the wrong order",
      (run) => {
        firstSession(run, 0).seen.reverse();
      },
    ],
    [
      "I4",
      "a last event that never came",
      (run) => {
        firstSession(run, 0).seen.pop();
      },
    ],
    [
      "I4",
      "a resume that begins too late",
      (run) => {
        const rest = firstSession(run, 0).seen.splice(4).slice(1);
        nth(run.subscribers, 0).sessions.push({ startSeq: new Map([["order_1", 5]]), seen: rest });
      },
    ],
    [
      "I4",
      "a resume that repeats what the client had",
      (run) => {
        const { seen } = firstSession(run, 0);
        const rest = seen.slice(3);
        seen.splice(4);
        nth(run.subscribers, 0).sessions.push({ startSeq: new Map([["order_1", 5]]), seen: rest });
      },
    ],
    [
      "I4",
      "a seq that is one event to one and another to the other",
      (run) => {
        const { seen } = firstSession(run, 0);
        Object.assign(nth(seen, 2).frame, { messageId: "msg_acme_4" });
      },
    ],
    [
      "I4",
      "a gap that leaves out more than it says",
      (run) => {
        const gap = { type: "room.gap", roomId: "order_1", fromSeq: 5, toSeq: 6 } as const;
        firstSession(run, 0).seen.splice(2, 3, { atMs: 600, frame: gap });
      },
    ],
    [
      "I4",
      "a room that begins in the middle",
      (run) => {
        firstSession(run, 0).startSeq.clear();
      },
    ],
    [
      "I4",
      "a room that begins with a gap where nothing has gone",
      (run) => {
        const gap = { type: "room.gap", roomId: "order_1", fromSeq: 1, toSeq: 1 } as const;
        const session = firstSession(run, 0);
        session.startSeq.clear();
        session.seen.splice(0, 1, { atMs: 100, frame: gap });
      },
    ],
    [
      "I5",
      "a live message that is not in the history",
      (run) => {
        nth(run.rooms, 0).messages.pop();
      },
    ],
    [
      "I5",
      "a message in the history that was live to nobody",
      (run) => {
        for (const subscriber of [0, 1]) firstSession(run, subscriber).seen.splice(5, 1);
      },
    ],
    [
      "I5",
      "a message kept in another place than it was live",
      (run) => {
        Object.assign(nth(firstSession(run, 0).seen, 2).frame, { number: 7 });
      },
    ],
    [
      "I5",
      "numbers with a hole",
      (run) => {
        for (const message of nth(run.rooms, 0).messages.slice(5)) message.number += 1;
      },
    ],
    [
      "I6",
      "an event of another tenant",
      (run) => {
        firstSession(run, 0).seen.push(nth(firstSession(run, 2).seen, 0));
      },
    ],
    [
      "I6",
      "another tenant's message dressed up as one's own",
      (run) => {
        const { body, clientId } = nth(firstSession(run, 2).seen, 0).frame as ReturnType<typeof eventOf>;
        Object.assign(nth(firstSession(run, 0).seen, 0).frame, { body, clientId });
      },
    ],
    [
      "I6",
      "another tenant's message in the history",
      (run) => {
        nth(run.rooms, 0).messages.push({ ...nth(nth(run.rooms, 1).messages, 0), number: 11, seq: 11 });
      },
    ],
    [
      "I7",
      "a recovery that took too long",
      (run) => {
        run.faults.push({ name: "kill gateway", atMs: 450, recoveryMsMax: 50 });
      },
    ],
    [
      "I7",
      "a room that never came back",
      (run) => {
        run.faults.push({ name: "kill fanout", atMs: 450, recoveryMsMax: 60_000 });
        for (const subscriber of [0, 1]) firstSession(run, subscriber).seen.splice(4);
      },
    ],
    [
      "I7",
      "a fault that nobody tried the deployment after",
      (run) => {
        run.faults.push({ name: "kill ingest", atMs: 5_000, recoveryMsMax: 60_000 });
      },
    ],
  ])("%s: %s", (invariant, _what, spoil) => {
    expect(invariantsBrokenBy(spoil)).toContain(invariant);
  });
});

test("a recovery is timed by the room that took longest", () => {
  const run = goodRun();
  run.faults.push({ name: "kill gateway", atMs: 450, recoveryMsMax: 1_000 });
  for (const seen of [firstSession(run, 2).seen, firstSession(run, 3).seen]) {
    for (const [index, { frame }] of seen.entries()) seen[index] = { atMs: 1_100 + index, frame };
  }
  expect(recoveries(run)).toEqual([
    { fault: expect.objectContaining({ name: "kill gateway" }), recoveredMs: 654, roomId: "order_1" },
  ]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { EventRow } from "#shared/store/store.ts";
import { EventFrame } from "../session/frame.ts";
import { RecentEvents } from "./recent-events.ts";

const at = "2026-01-01T00:00:00.000Z";
const renamed = (roomId: string, seq: number, name = "") =>
  ({ type: "room.updated", tenantId: "acme", roomId, seq, at, name }) as DurableEvent;
const frozen = (seq: number) => renamed("r", seq);
const seqs = (events: readonly { event: DurableEvent }[]) => events.map(({ event }) => event.seq);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Over a history of `length` events, whose reads wait until they are let go. */
function recentOver(history: { length: number; held?: boolean }) {
  const reads: { afterSeq: number; go: () => void }[] = [];
  const metrics = { pastEvents: { inc: () => undefined }, historyReads: { inc: () => undefined } };
  const recent = new RecentEvents({
    metrics,
    store: {
      readMessage: async () => null,
      readEvents: async (_tenant, roomId, { afterSeq, limit }) => {
        const rows = upTo(Math.min(history.length, afterSeq + limit), afterSeq + 1).map((seq): EventRow => {
          return { event: renamed(roomId, seq), countable: 0, position: seq };
        });
        await new Promise<void>((go) => {
          reads.push({ afterSeq, go });
          if (history.held !== true) go();
        });
        return rows;
      },
    },
  });
  recent.follow("acme", "r");
  const read = async (afterSeq: number, limit: number) =>
    seqs(await recent.readEvents("acme", "r", { afterSeq, limit }));
  const pass = (event: DurableEvent) => recent.passed(new EventFrame(event, 0));
  return { recent, reads, read, pass };
}

test("what was passed on is in memory, and what came before is read once", async () => {
  const { reads, read, pass } = recentOver({ length: 8 });
  for (const seq of upTo(8, 5)) pass(frozen(seq));
  expect(await read(5, 3)).toEqual([6, 7, 8]);
  expect(reads).toHaveLength(0);
  expect(await read(1, 7)).toEqual(upTo(8, 2));
  expect(await read(1, 7)).toEqual(upTo(8, 2));
  expect(await read(3, 2)).toEqual([4, 5]);
  expect(reads).toHaveLength(1);
});

test("a thousand clients that come back with different cursors are a read for each that reaches further back", async () => {
  const { reads, read } = recentOver({ length: 100, held: true });
  // The first to come is not the one that missed most.
  const asked = upTo(1_000).map((n) => read(n % 50, 100 - (n % 50)));
  for (const { go } of reads) go();
  const answers = await Promise.all(asked);
  expect(answers.every((events, n) => events.length === 100 - ((n + 1) % 50))).toBe(true);
  expect(reads).toHaveLength(2);
});

test.each(["message.updated", "message.deleted", "room.deleted"])(
  "after %s the history is asked, and a read that had begun before is neither kept nor shared",
  async (type) => {
    const { reads, read, pass } = recentOver({ length: 4, held: true });
    for (const seq of upTo(3)) pass(frozen(seq));
    const before = read(0, 4);
    pass({ ...frozen(4), type } as DurableEvent);
    const after = read(0, 4);
    expect(reads).toHaveLength(2);
    for (const { go } of reads) go();
    expect(await before).toEqual(upTo(4));
    expect(await after).toEqual(upTo(4));
  },
);

test("nothing is kept of a room whose feed is over, nor of one that never had any", async () => {
  const { recent, reads, read, pass } = recentOver({ length: 3 });
  for (const seq of upTo(3)) pass(frozen(seq));
  recent.forget("acme", "r");
  pass(frozen(4));
  await read(0, 3);
  await read(0, 3);
  expect(reads).toHaveLength(2);
  expect(recent.bytes).toBe(0);
});

test("what is kept has a bound, of one room and of all, and the most silent rooms go first", async () => {
  const { recent, reads, pass } = recentOver({ length: 3 });
  const name = "x".repeat(10_000);
  for (const seq of upTo(1_000)) pass(renamed("r", seq, name));
  expect(recent.bytes).toBeLessThanOrEqual(limits.recentRoomBytesMax);
  const rooms = upTo(1_000).map((n) => `r${n}`);
  for (const roomId of rooms) {
    recent.follow("acme", roomId);
    pass(renamed(roomId, 1, name));
    pass(renamed("r0", 1, name));
  }
  expect(recent.bytes).toBeLessThanOrEqual(limits.recentEventsBytesMax);
  const isKept = async (roomId: string) => {
    const had = reads.length;
    await recent.readEvents("acme", roomId, { afterSeq: 0, limit: 1 });
    return reads.length === had;
  };
  expect(await isKept("r1000")).toBe(true);
  expect(await isKept("r1")).toBe(false);
});

test("whatever was passed on, lost, read and forgotten before, an answer is the history's", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("pass" as const), skip: fc.nat({ max: 3 }) }),
    fc.record({
      kind: fc.constant("read" as const),
      afterSeq: fc.nat({ max: 40 }),
      limit: fc.integer({ min: 1, max: 20 }),
    }),
    fc.record({ kind: fc.constant("forget" as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const history = { length: 0 };
      const { recent, read, pass } = recentOver(history);
      for (const one of steps) {
        if (one.kind === "pass") {
          // Some were lost on their way here, and not passed on.
          history.length += one.skip + 1;
          pass(frozen(history.length));
        } else if (one.kind === "forget") {
          recent.forget("acme", "r");
          recent.follow("acme", "r");
        } else {
          const last = Math.min(history.length, one.afterSeq + one.limit);
          expect(await read(one.afterSeq, one.limit)).toEqual(upTo(last, one.afterSeq + 1));
        }
      }
    }),
  );
});

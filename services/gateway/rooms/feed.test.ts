import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { systemClock } from "#shared/clock.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { EventRow } from "#shared/store/store.ts";
import { Session } from "../session/session.ts";
import { RoomFeed } from "./feed.ts";

const at = "2026-01-01T00:00:00.000Z";

function frozen(seq: number): DurableEvent {
  return { type: "room.frozen", tenantId: "acme", roomId: "r", seq, at, actorId: null };
}

const row = (seq: number): EventRow => ({ event: frozen(seq), countable: 0, position: seq });

/** A feed over a history of `kept` events, with one live session. */
function feedOver(kept: { upTo: number; from?: number; failures?: number }) {
  const seen: number[] = [];
  const closed: string[] = [];
  const session = new Session(
    { tenantId: "acme", userId: "ann", issuedAtMs: 0, expiresAtMs: 1 },
    {
      send: (frame) => seen.push((JSON.parse(frame.toString()) as { seq: number }).seq),
      signal: () => undefined,
      close: (reason) => closed.push(reason),
      drained: async () => undefined,
      lastHeardMs: 0,
    },
    (_session, roomId) => session.leave(roomId),
  );
  session.enter("r").goLive();
  let failures = kept.failures ?? 0;
  const feed = new RoomFeed(
    {
      clock: systemClock,
      store: {
        readMessage: async () => null,
        readEvents: async (_tenant, _room, { afterSeq, limit }) => {
          if (failures-- > 0) throw new Error("the store is away");
          const first = Math.max(afterSeq + 1, kept.from ?? 1);
          return Array.from({ length: Math.max(0, Math.min(limit, kept.upTo - first + 1)) }, (_, i) =>
            row(first + i),
          );
        },
      },
      metrics: { healedEvents: { inc: () => undefined }, deliveries: { inc: () => undefined } },
      logger: { warn: () => undefined },
      passing: () => undefined,
    },
    "acme",
    "r",
  );
  feed.sessions.add(session);
  return { feed, seen, closed, session };
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe("a room's feed", () => {
  test("passes on each event once and in order, whatever is lost, repeated or out of order on the way", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }), async (arriving) => {
        const { feed, seen } = feedOver({ upTo: 30 });
        feed.acknowledged(0);
        for (const seq of arriving) {
          feed.receive(frozen(seq), 0);
          await Promise.resolve();
        }
        const newest = Math.max(0, ...arriving);
        await vi.waitFor(() => expect(seen.at(-1) ?? 0).toBeGreaterThanOrEqual(newest), { interval: 1 });
        expect(seen).toEqual(upTo(seen.length));
      }),
      { numRuns: 200 },
    );
  });

  test("finds even a lost last event by the owner's word on where the room stands", async () => {
    const { feed, seen } = feedOver({ upTo: 4 });
    feed.acknowledged(2);
    feed.receive(frozen(3), 0);
    feed.acknowledged(4);
    await vi.waitFor(() => expect(seen).toEqual([3, 4]));
  });

  test("takes nothing before the owner has said where the room stands", () => {
    const { feed, seen } = feedOver({ upTo: 9 });
    feed.receive(frozen(7), 0);
    expect(seen).toEqual([]);
  });

  test("tries again when the history cannot be read at first", async () => {
    const { feed, seen } = feedOver({ upTo: 5, failures: 2 });
    feed.acknowledged(1);
    feed.receive(frozen(5), 0);
    await vi.waitFor(() => expect(seen).toEqual([2, 3, 4, 5]), { timeout: 5_000 });
  });

  test("sends its sessions away, to resume, when what it lacks is gone", async () => {
    const { feed, seen, closed } = feedOver({ from: 4, upTo: 5 });
    feed.acknowledged(1);
    feed.receive(frozen(5), 0);
    await vi.waitFor(() => expect(closed).toEqual(["unavailable"]), { timeout: 10_000 });
    expect(seen).toEqual([]);
  });

  test("tells a removed member that it was removed, and nothing after", () => {
    const { feed, seen, session } = feedOver({ upTo: 3 });
    feed.acknowledged(0);
    feed.receive({ ...frozen(1), type: "member.removed", userId: "ann" } as DurableEvent, 0);
    feed.receive(frozen(2), 0);
    expect(seen).toEqual([1]);
    expect(session.rooms.size).toBe(0);
  });
});

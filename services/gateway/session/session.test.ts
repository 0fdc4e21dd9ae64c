import { beforeEach, describe, expect, test } from "vitest";
import type { DurableEvent, MessageCreated, ReceiptEvent } from "#shared/protocol/events.ts";
import type { EventRow } from "#shared/store/store.ts";
import { EventFrame } from "./frame.ts";
import { Session } from "./session.ts";
import { syncRoom } from "./sync.ts";

const at = "2026-01-01T00:00:00.000Z";
const base = { tenantId: "acme", roomId: "r", at };

const event = (seq: number, type: DurableEvent["type"] = "room.frozen", more: object = {}): DurableEvent =>
  ({ ...base, seq, type, actorId: null, ...more }) as DurableEvent;
const message = (seq: number, senderId: string) =>
  event(seq, "message.created", { senderId }) as MessageCreated;
const receipt = (userId: string, type: ReceiptEvent["type"] = "receipt.read"): ReceiptEvent => ({
  ...base,
  type,
  userId,
  number: 9,
});

let sent: { type: string; seq?: number; unread?: number }[];
let over: [roomId: string, again: number | null][];
let session: Session;

beforeEach(() => {
  sent = [];
  over = [];
  session = new Session(
    { tenantId: "acme", userId: "ann", issuedAtMs: 0, expiresAtMs: 1 },
    {
      send: (frame) => sent.push(JSON.parse(frame.toString())),
      signal: () => undefined,
      close: () => undefined,
      drained: async () => undefined,
      lastHeardMs: 0,
    },
    (of, roomId, again) => {
      of.leave(roomId);
      over.push([roomId, again]);
    },
  );
});

const seqs = () => sent.map(({ seq }) => seq);
const deliver = (of: DurableEvent, countable = 0) => session.deliver("r", new EventFrame(of, countable));

/** A history of events 1 to `last`. */
const historyTo = (last: number) => ({
  readEvents: async (_tenant: string, _room: string, page: { afterSeq: number; limit: number }) =>
    Array.from({ length: Math.min(page.limit, last - page.afterSeq) }, (_, i): EventRow => {
      const seq = page.afterSeq + 1 + i;
      return { event: event(seq), countable: 0, position: seq };
    }),
});

test("how far a room was told is forgotten when it is entered again", () => {
  session.remember("r", 5);
  session.enter("r");
  session.leave("r");
  expect(session.told("r")).toBe(null);
});

describe("a room that is being synced", () => {
  test("tells by a gap what happened while its user was no member", async () => {
    const room = session.enter("r");
    await syncRoom(historyTo(9), session, { roomId: "r", room, cursor: 2, headSeq: 9, joinedSeq: 8 });
    expect(sent[0]).toEqual({ type: "room.gap", roomId: "r", fromSeq: 3, toSeq: 7 });
    expect(seqs()).toEqual([undefined, 8, 9]);
  });

  test("sends what was missed, then what came in meanwhile, each once", async () => {
    const room = session.enter("r");
    deliver(event(5));
    deliver(event(6));
    const syncing = syncRoom(historyTo(6), session, {
      roomId: "r",
      room,
      cursor: 2,
      headSeq: 5,
      joinedSeq: 1,
    });
    deliver(event(7));
    await syncing;
    deliver(event(8));
    expect(seqs()).toEqual([3, 4, 5, 6, 7, 8]);
  });

  test("is whole or a gap, never a part", async () => {
    const room = session.enter("r");
    await syncRoom(historyTo(3), session, { roomId: "r", room, cursor: 1, headSeq: 9, joinedSeq: 1 });
    deliver(event(10));
    expect(sent).toMatchObject([{ type: "room.gap", fromSeq: 2, toSeq: 9 }, { seq: 10 }]);
  });

  test("takes the marker that moved meanwhile on another device", async () => {
    const room = session.enter("r");
    room.stands({ readCountable: 1, countable: 5, seq: 0 });
    const marker = { readCountable: 5, countable: 5, seq: 0 };
    session.deliverReceipt("r", new EventFrame(receipt("ann"), 5), marker);
    await syncRoom(historyTo(0), session, { roomId: "r", room, cursor: null, headSeq: 0, joinedSeq: 1 });
    deliver(message(1, "bob"), 6);
    expect(sent).toMatchObject([
      { type: "receipt.read", unread: 0 },
      { type: "message.created", unread: 1 },
    ]);
  });

  test("stays where its user stood last, whatever comes late of what was before", async () => {
    const room = session.enter("r");
    room.stands({ readCountable: 2, countable: 6, seq: 7 });
    room.goLive();
    const told = (of: ReceiptEvent, readCountable: number, seq: number) =>
      session.deliverReceipt("r", new EventFrame(of, 6), { readCountable, countable: 6, seq });
    told(receipt("ann"), 6, 5);
    deliver(message(6, "ann"), 6);
    told(receipt("ann", "receipt.unread"), 1, 7);
    told(receipt("bob"), 6, 7);
    expect(sent.map(({ unread }) => unread)).toEqual([4, 4, 5, 5]);
  });

  test("tells of a removal that came in meanwhile, and ends with it", async () => {
    const room = session.enter("r");
    deliver(event(1, "member.removed", { userId: "ann" }));
    deliver(event(2));
    await syncRoom(historyTo(0), session, { roomId: "r", room, cursor: null, headSeq: 0, joinedSeq: 1 });
    expect(seqs()).toEqual([1]);
    expect(over).toEqual([["r", null]]);
  });

  test("passes over a removal of long ago that is part of what was missed", async () => {
    const room = session.enter("r");
    const history = {
      readEvents: async () => [
        { event: event(1, "member.removed", { userId: "ann" }), countable: 0, position: 1 },
        { event: event(2, "member.added", { userId: "ann" }), countable: 0, position: 2 },
      ],
    };
    await syncRoom(history, session, { roomId: "r", room, cursor: 0, headSeq: 2, joinedSeq: 1 });
    expect(seqs()).toEqual([1, 2]);
    expect(over).toEqual([]);
  });
});

describe("a room that is over for its user", () => {
  test("is joined again when the return was told of before the removal", () => {
    const room = session.enter("r");
    room.goLive();
    room.joinedSeq = 2;
    deliver(event(1, "member.removed", { userId: "ann" }));
    expect(over).toEqual([["r", 2]]);
  });

  test("by its closing goes on from there; by a removal it does not", () => {
    for (const type of ["room.closed", "member.removed"] as const) {
      session.enter(type).goLive();
      session.deliver(type, new EventFrame(event(4, type, { userId: "ann" }), 0));
    }
    expect(session.told("room.closed")).toBe(4);
    expect(session.told("member.removed")).toBe(null);
  });

  test("stays, when it is another who was removed", () => {
    session.enter("r").goLive();
    deliver(event(1, "member.removed", { userId: "bob" }));
    expect(over).toEqual([]);
  });
});

describe("unread", () => {
  test("counts what others said since the marker; one's own message reads the room", () => {
    session.enter("r").goLive();
    deliver(message(1, "bob"), 1);
    deliver(message(2, "bob"), 2);
    deliver(message(3, "ann"), 3);
    deliver(message(4, "bob"), 4);
    expect(sent.map(({ unread }) => unread)).toEqual([1, 2, 0, 1]);
  });
});

import type { DurableEvent, EventHidden } from "#shared/protocol/events.ts";
import type { RoomGapFrame } from "#shared/protocol/frames.ts";
import type { History, RoomAtRest, Session, Subscriber, Violation } from "./history.ts";
import { roomKey } from "./keys.ts";

/** Where a listener stands in a room: the newest seq it has, or null once it has left. */
type Cursors = Map<string, number | null>;

/**
 * I4: every subscriber sees a room's seq without holes or repeats, resumes included, up to the end; and a seq is the
 * same event for all. A `room.gap` is an honest hole: it must start where the listener stands.
 */
export function* checkSequences({ subscribers, rooms }: History): Generator<Violation> {
  const atRest = new Map(rooms.map((room) => [roomKey(room), room]));
  const events = new Map<string, string>();
  for (const subscriber of subscribers) {
    let cursors: Cursors = new Map();
    for (const session of subscriber.sessions) {
      cursors = new Map(session.startSeq);
      yield* checkSession(subscriber, session, cursors, atRest);
      yield* checkSameEvents(subscriber, session, events);
    }
    if (subscriber.complete) yield* checkEnd(subscriber, cursors, atRest);
  }
}

function* checkSession(
  subscriber: Subscriber,
  { seen }: Session,
  cursors: Cursors,
  atRest: ReadonlyMap<string, RoomAtRest>,
): Generator<Violation> {
  const fault = (message: string): Violation => ({
    invariant: "I4",
    message: `${subscriber.name}: ${message}`,
  });
  const left = new Map<string, number>();
  for (const { frame } of seen) {
    const { roomId } = frame;
    const [first, last] = frame.type === "room.gap" ? [frame.fromSeq, frame.toSeq] : [frame.seq, frame.seq];
    const cursor = cursors.get(roomId) ?? null;
    if (cursor === null) {
      const leftAt = left.get(roomId) ?? 0;
      if (first <= leftAt) yield fault(`${roomId} gave ${first} again, after it was left at ${leftAt}`);
      const { tenantId, userId } = subscriber;
      const goneUpTo = atRest.get(roomKey({ tenantId, roomId }))?.gone?.seq ?? 0;
      if (!begins(frame, userId, goneUpTo)) yield fault(`${roomId} began with ${frame.type} at ${first}`);
    } else if (first <= cursor) {
      yield fault(`${roomId} gave ${first} again, after ${cursor}`);
      continue;
    } else if (first > cursor + 1) {
      yield fault(`${roomId} gave ${first} after ${cursor}`);
    }
    if (ends(frame, subscriber.userId)) left.set(roomId, last);
    cursors.set(roomId, ends(frame, subscriber.userId) ? null : last);
  }
}

/**
 * A room that the listener did not know begins with the event that brought its user there, or opened it again; where
 * that was too old to be kept before the listener could have it, with the hole that it left.
 */
function begins(frame: DurableEvent | EventHidden | RoomGapFrame, userId: string, goneUpTo: number): boolean {
  if (frame.type === "room.gap") return frame.fromSeq <= goneUpTo;
  if (frame.type === "room.reopened" || frame.type === "room.frozen") return true;
  if (frame.type === "room.created") return frame.members.some((member) => member.userId === userId);
  return frame.type === "member.added" && frame.userId === userId;
}

function ends(frame: DurableEvent | EventHidden | RoomGapFrame, userId: string): boolean {
  return frame.type === "room.deleted" || (frame.type === "member.removed" && frame.userId === userId);
}

function* checkSameEvents(
  { name, tenantId }: Subscriber,
  { seen }: Session,
  events: Map<string, string>,
): Generator<Violation> {
  for (const { frame } of seen) {
    if (frame.type === "room.gap") continue;
    const { roomId, seq } = frame;
    const place = `${tenantId}\n${roomId}\n${seq}`;
    const what = `${frame.type} ${"messageId" in frame ? frame.messageId : frame.at}`;
    const known = events.get(place);
    if (known === undefined) events.set(place, what);
    else if (known !== what) {
      yield { invariant: "I4", message: `${name}: ${roomId} ${seq} is ${what}, to others ${known}` };
    }
  }
}

function* checkEnd(
  { name, tenantId }: Subscriber,
  cursors: Cursors,
  atRest: ReadonlyMap<string, RoomAtRest>,
): Generator<Violation> {
  for (const [roomId, cursor] of cursors) {
    const room = atRest.get(roomKey({ tenantId, roomId }));
    if (cursor === null || room === undefined || cursor === room.seq) continue;
    yield {
      invariant: "I4",
      message: `${name}: ${roomId} stopped at ${cursor} and the room is at ${room.seq}`,
    };
  }
}

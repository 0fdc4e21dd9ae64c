import type { History, RoomAtRest, Subscriber, Violation } from "./history.ts";
import { groupBy, roomKey } from "./keys.ts";
import { type LiveMessage, liveMessages } from "./live-messages.ts";

/**
 * I5: the history is the union of what was live. What anybody was sent is there, at the same place; what is there was
 * sent to somebody who listened; and its numbers are dense.
 */
export function* checkKeptAndLive(history: History): Generator<Violation> {
  const live = groupBy(liveMessages(history), ({ event }) => roomKey(event));
  for (const room of history.rooms) {
    const inRoom = live.get(roomKey(room)) ?? [];
    yield* checkNumbers(room);
    yield* checkLiveIsKept(room, inRoom);
    yield* checkKeptWasLive(room, inRoom, history.subscribers);
  }
}

/** With those that were too old to be kept. */
function allOf({ messages, gone }: RoomAtRest) {
  return [...(gone?.messages ?? []), ...messages];
}

function* checkNumbers(room: RoomAtRest): Generator<Violation> {
  const { roomId, seq } = room;
  let before = 0;
  for (const [index, message] of allOf(room).entries()) {
    if (message.number !== index + 1) {
      yield { invariant: "I5", message: `${roomId} has number ${message.number} in place ${index + 1}` };
      return;
    }
    if (message.seq <= before || message.seq > seq) {
      yield { invariant: "I5", message: `${roomId} has seq ${message.seq} after ${before}, of ${seq}` };
      return;
    }
    before = message.seq;
  }
}

function* checkLiveIsKept(room: RoomAtRest, live: readonly LiveMessage[]): Generator<Violation> {
  // What is sent again after it has gone is another message under its id.
  const kept = new Map(allOf(room).map((message) => [`${message.id} ${message.number}`, message]));
  const judged = new Set<string>();
  for (const { event, subscriber } of live) {
    const key = `${event.messageId}\n${event.seq}\n${event.number}\n${event.body}`;
    if (judged.has(key)) continue;
    judged.add(key);
    const message = kept.get(`${event.messageId} ${event.number}`);
    const what = `${event.messageId} in ${room.roomId}`;
    if (message === undefined) {
      yield { invariant: "I5", message: `${what} was live to ${subscriber.name} and is not in the history` };
    } else if (
      message.seq !== event.seq ||
      message.number !== event.number ||
      message.body !== event.body ||
      message.senderId !== event.senderId
    ) {
      yield { invariant: "I5", message: `${what} was live as ${event.seq}/${event.number}, kept otherwise` };
    }
  }
}

function* checkKeptWasLive(
  room: RoomAtRest,
  live: readonly LiveMessage[],
  subscribers: readonly Subscriber[],
): Generator<Violation> {
  const seen = new Set(live.map(({ event }) => event.messageId));
  const listeners = subscribers.filter(({ complete, tenantId }) => complete && tenantId === room.tenantId);
  for (const message of room.messages) {
    if (seen.has(message.id)) continue;
    const listener = listeners.find((subscriber) => isDue(subscriber, room.roomId, message.seq));
    if (listener !== undefined) {
      yield {
        invariant: "I5",
        message: `${message.id} is in the history of ${room.roomId} and nobody got it, nor did ${listener.name}`,
      };
    }
  }
}

/** Whether a listener that ended up with everything must have been sent this event, and not only told of a gap. */
function isDue({ sessions }: Subscriber, roomId: string, seq: number): boolean {
  const starts = sessions.flatMap(({ startSeq }) => startSeq.get(roomId) ?? []);
  if (starts.length === 0 || Math.min(...starts) >= seq) return false;
  return !sessions.some(({ seen }) =>
    seen.some(
      ({ frame }) =>
        frame.type === "room.gap" && frame.roomId === roomId && frame.fromSeq <= seq && seq <= frame.toSeq,
    ),
  );
}

import type { MessageCreated } from "#shared/protocol/events.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { Fault, RoomAtRest, Seen, Send, Session, Subscriber } from "./history.ts";

/** As `History`, to be spoiled by a test. */
export interface Run {
  sends: Mutable<Send>[];
  subscribers: MutableSubscriber[];
  rooms: MutableRoom[];
  faults: Fault[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MutableRoom = Mutable<RoomAtRest> & { messages: Mutable<Message>[] };
type MutableSession = Session & { startSeq: Map<string, number>; seen: Seen[] };
type MutableSubscriber = Mutable<Subscriber> & { sessions: MutableSession[] };

const roomId = "order_1";
const users = ["ada", "bob"] as const;
const perRoom = 10;

/**
 * Two tenants that name their rooms and users alike; in each a room of two who listen and send in turns, one message
 * every 100 ms, seen by both 10 ms later. The room was made by event 1, so message n has seq n + 1.
 */
export function goodRun(): Run {
  const run: Run = { sends: [], subscribers: [], rooms: [], faults: [] };
  for (const tenantId of ["acme", "umbrella"]) {
    const room: MutableRoom = { tenantId, roomId, seq: perRoom + 1, messages: [] };
    const seen: Seen[] = [];
    for (let number = 1; number <= perRoom; number++) {
      const senderId = users[number % 2] ?? "ada";
      const clientId = `${tenantId}-${number}`;
      const invokedAtMs = number * 100;
      const id = `msg_${tenantId}_${number}`;
      const body = `message ${number} of ${tenantId}`;
      const outcome = { type: "ok", messageId: id, atMs: invokedAtMs + 5 } as const;
      run.sends.push({ tenantId, roomId, senderId, clientId, body, invokedAtMs, outcome });
      const message = messageOf({ id, number, senderId, clientId, body });
      room.messages.push(message);
      seen.push({ atMs: invokedAtMs + 10, frame: eventOf(tenantId, message) });
    }
    run.rooms.push(room);
    for (const userId of users) {
      const session = { startSeq: new Map([[roomId, 1]]), seen: structuredClone(seen) };
      const name = `${userId} of ${tenantId}`;
      run.subscribers.push({ name, tenantId, userId, sessions: [session], complete: true });
    }
  }
  return run;
}

/** The nth of a list that a test knows to be long enough. */
export function nth<T>(list: readonly T[], index: number): T {
  const item = list.at(index);
  if (item === undefined) throw new Error(`there is no item ${index}`);
  return item;
}

function messageOf(of: Pick<Message, "id" | "number" | "senderId" | "clientId" | "body">): Mutable<Message> {
  return {
    ...of,
    roomId,
    seq: of.number + 1,
    kind: "text",
    attachments: [],
    mentions: [],
    replyToId: null,
    threadId: null,
    thread: null,
    reactions: {},
    custom: null,
    createdAt: "2026-01-01T00:00:00.000Z",
    editedAt: null,
    deletedAt: null,
  };
}

export function eventOf(tenantId: string, message: Message): MessageCreated {
  const { id, createdAt, reactions: _reactions, thread: _thread, ...rest } = message;
  const { editedAt: _edited, deletedAt: _deleted, ...flat } = rest;
  const own = { silent: false, threadCount: null };
  return { type: "message.created", tenantId, at: createdAt, messageId: id, ...own, ...flat };
}

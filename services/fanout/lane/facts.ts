import type { Message } from "#shared/protocol/resources.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import type { FoundMessages, MessageRow, RoomHead, Store } from "#shared/store/store.ts";
import {
  type ErasingPart,
  type ExpiringPart,
  nothingErasing,
  nothingExpiring,
  type ToldEvent,
} from "../room/parts.ts";
import type { RoomState } from "../room/state.ts";
import { callsNeeded, messagesNeeded, withRoots } from "./changes.ts";
import { readErasing } from "./erasing.ts";
import { readExpiring } from "./expiring.ts";
import { readNamedCalls } from "./named-calls.ts";
import type { Entry } from "./room-batch.ts";
import type { LoadedRoom } from "./room-cache.ts";
import { noneSent, readSenders, type SentMessage, sendersAsked } from "./senders.ts";
import { readTold } from "./told.ts";

/** What the commands of a batch ask of a room's past that is not in memory. */
export interface RoomFacts {
  /** Ids of those messages of the batch that are in the history. */
  readonly known: ReadonlySet<string>;
  /** The room's `countable` at message numbers that a marker is to move to. */
  readonly countable: ReadonlyMap<number, number>;
  /** Messages of which it matters, for a marker, who sent them. */
  readonly senders: readonly SentMessage[];
  /** Messages that are to be changed or replied to, and where their threads begin, as the room's head has them. */
  readonly messages: ReadonlyMap<string, MessageRow>;
  /** Of those that are to be deleted: the events that told what they said. */
  readonly told: ReadonlyMap<string, readonly ToldEvent[]>;
  /** Of a batch that is one step of an erasure. */
  readonly erasing: ErasingPart;
  /** Of a batch that lets go what is too old. */
  readonly expiring: ExpiringPart;
  /** Calls that are named and do not run, by the id that is asked for. */
  readonly calls: ReadonlyMap<string, CallRow>;
}

const noneFound: FoundMessages = { places: new Map(), expired: 0 };

const noFacts: RoomFacts = {
  known: new Set(),
  countable: new Map(),
  senders: [],
  messages: new Map(),
  told: new Map(),
  erasing: nothingErasing,
  expiring: nothingExpiring,
  calls: new Map(),
};

/**
 * Looks them up. A room whose messages are all in memory, as that of a trip is from its first to its last, asks
 * nothing; in a long-lived one a repeat is recognised however old the original.
 *
 * @returns null where the store is ahead of what memory has of the room: somebody else has written it, or this very
 *   node in a try whose end was not seen. What the room was then cannot be told any more; it is to be loaded again.
 */
export async function lookUpFacts(
  store: Store,
  room: { tenantId: string; roomId: string; loaded: LoadedRoom },
  entries: readonly Entry[],
): Promise<RoomFacts | null> {
  const { state, recent } = room.loaded;
  if (state === null) return noFacts;
  const { number: newest } = state.head;
  const [first] = entries;
  // Such a one is alone in its batch: see `inParts`.
  if (first?.command.type === "user.erase" || first?.command.type === "messages.expire") {
    const { command } = first;
    const facts =
      command.type === "user.erase"
        ? await readErasing(store, command, state.head.seq)
        : await readExpiring(store, command, state.head);
    return facts === null || (await hasGoneOn(store, state)) ? null : { ...noFacts, ...facts };
  }

  const unknown = new Set<string>();
  const numbers = new Set<number>();
  const needed = new Set<string>();
  const callIds = new Set<string>();
  for (const { command } of entries) {
    if (command.type === "message.create" && newest > recent.size && !recent.has(command.messageId)) {
      unknown.add(command.messageId);
    }
    for (const callId of callsNeeded(command, state.head)) {
      if (callId !== state.head.call?.call.callId) callIds.add(callId);
    }
    for (const messageId of messagesNeeded(command)) needed.add(messageId);
    if (
      command.type === "room.read" &&
      command.number < newest &&
      recent.countableAt(command.number) === undefined
    ) {
      numbers.add(command.number);
    }
  }
  const asked = sendersAsked(
    state,
    entries.map(({ command }) => command),
  );
  if (unknown.size + numbers.size + needed.size + callIds.size === 0 && asked === null) return noFacts;

  const [known, countable, sent, rows, calls] = await Promise.all([
    unknown.size === 0 ? noneFound : store.findMessages(room.tenantId, room.roomId, [...unknown]),
    Promise.all([...numbers].map((number) => readCountable(store, room, number))),
    asked === null ? noneSent : readSenders(store, state, asked),
    withRoots([...needed], (messageId) => messageNow(store, room, messageId)),
    readNamedCalls(store, room, [...callIds]),
  ]);
  if (rows.some(({ revised }) => revised > state.head.seq)) return null;
  const found = new Set(rows.map(({ message }) => message.id));
  // What repeats a message that has gone since is no new one, and nobody can tell any more what it repeats.
  if (known.expired > (state.head.expired?.number ?? 0)) return null;
  const told = await readTold(store, room, rows, entries);
  // One was never there, or has gone since; or what one in memory says, or what told of it, may have been taken back.
  const isUnsure = [...needed].some((id) => !found.has(id)) || told.size > 0 || entries.some(isReply);
  if (isUnsure && (await hasGoneOn(store, state))) return null;
  if ([...calls.values()].some((row) => isAhead(row, state.head))) return null;
  // Rows beyond the head are this very batch's, from a try whose end was not seen: they are no repeats of themselves.
  const before = [...known.places].filter(([, place]) => place.number <= newest).map(([id]) => id);
  return {
    known: new Set(before),
    countable: new Map([...countable, ...sent.countable]),
    senders: sent.senders,
    messages: new Map(rows.map((row) => [row.message.id, row])),
    told,
    erasing: nothingErasing,
    expiring: nothingExpiring,
    calls,
  };
}

function isReply({ command }: Entry): boolean {
  return command.type === "message.create" && command.replyToId != null;
}

/** Whether the store has a call that the head does not know, or has gone on with one. */
function isAhead(row: CallRow, { callNumber, seq }: RoomHead): boolean {
  return row.number > callNumber || row.revised > seq;
}

/** Whether the store's room is ahead of this one. */
async function hasGoneOn(store: Store, { tenantId, head }: RoomState): Promise<boolean> {
  const [stored] = await store.readHeads(tenantId, [head.roomId]);
  return (stored?.position ?? 0) > head.position;
}

/** From memory where that has it: most changes are of what was just said. */
async function messageNow(
  store: Store,
  {
    tenantId,
    roomId,
    loaded: { state, changed, rows },
  }: { tenantId: string; roomId: string; loaded: LoadedRoom },
  messageId: string,
): Promise<MessageRow | null> {
  const inMemory = rows.get(messageId) ?? changed.find(({ message }) => message.id === messageId);
  if (inMemory !== undefined) return inMemory;
  const last = state?.head.lastMessage;
  // Nothing was sent since, so the room counts what it counted then. The head does not know of more reactions.
  if (last?.id === messageId && showsAllReactions(last)) {
    return { message: last, countable: state?.head.countable ?? 0, revised: last.seq, moreReactions: null };
  }
  return store.readMessage(tenantId, roomId, messageId);
}

function showsAllReactions({ reactions }: Message): boolean {
  return Object.values(reactions).every(({ count, userIds }) => count === userIds.length);
}

async function readCountable(
  store: Store,
  room: { tenantId: string; roomId: string },
  number: number,
): Promise<[number, number]> {
  const [row] = await store.readMessages(room.tenantId, room.roomId, { before: number + 1, limit: 1 });
  return [number, row?.countable ?? 0];
}

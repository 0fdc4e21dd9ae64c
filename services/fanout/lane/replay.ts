import type { MarkerCommand, RoomCommand } from "#shared/protocol/commands.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { Quote } from "#shared/protocol/resources.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import { isListed } from "#shared/store/listed.ts";
import { quoteOf } from "#shared/store/quote.ts";
import { ownReadNumber } from "#shared/store/shown.ts";
import type { EventRow, MessageRow, Store } from "#shared/store/store.ts";
import type { Decision, Notice, Receipt } from "../room/applied.ts";
import { apply } from "../room/apply.ts";
import { readPosition } from "../room/apply-marker.ts";
import { profileNotice } from "../room/apply-profile.ts";
import { filtered, muteNotice, settingsNotice } from "../room/apply-settings.ts";
import { nothingErasing, nothingExpiring } from "../room/parts.ts";
import type { RoomState } from "../room/state.ts";
import { isCallCommand, isChange, messagesNeeded, withRoots } from "./changes.ts";
import { readNamedCalls } from "./named-calls.ts";
import type { Entry, Outcome } from "./room-batch.ts";

const pageEvents = 200;

/**
 * Commands that the room has applied before a crash, given again: their events are read back from the history and go
 * out once more, the same in every field. What left no event is told from what the room is now: a marker where it
 * stands, a message that is not in the history as refused. Nothing is applied.
 */
export async function replayed(
  store: Store,
  state: RoomState,
  entries: readonly Entry[],
): Promise<Outcome[]> {
  const first = entries[0];
  if (first === undefined) return [];
  const ids = entries.flatMap(({ command }) =>
    command.type === "message.create" ? [command.messageId] : [],
  );
  const callIds = new Set(entries.flatMap(({ command }) => (isCallCommand(command) ? [command.callId] : [])));
  const room = { tenantId: state.tenantId, roomId: state.head.roomId };
  const [rows, kept, changed, calls] = await Promise.all([
    readEventsSince(store, state, first.position),
    ids.length === 0 ? new Set<string>() : idsFound(store, room, ids),
    messagesOf(store, state, entries),
    readNamedCalls(store, room, [...callIds]),
  ]);
  const said = new Map(
    rows.flatMap(({ event, position }) =>
      event.type === "message.created" ? [[event.messageId, position] as const] : [],
    ),
  );
  return entries.map((entry) => {
    const events = rows.filter(({ position }) => position === entry.position);
    const receipt = receiptNow(state, entry.command);
    const notice = noticeNow(state, entry.command);
    const joined = events.flatMap(({ event }) => mayHaveJoined(event, state.members));
    const { joined: observers, left } = observersOf(state, entry.command, events);
    const decision = answer(state, entry, events, { kept, changed, said, calls });
    const all = [...joined, ...observers];
    const quote = quoteIn(entry.command, changed);
    const told = { decision, events, receipt, notice, quote, joined: all, left };
    // Whoever was not told of a count hears it with the next message, or at its next connect.
    return { ...entry, ...told, flagged: null, expired: [], recounted: [], state };
  });
}

/** The messages that commands wanted to change or to reply to, as they are now. */
async function messagesOf(
  store: Store,
  { tenantId, head }: RoomState,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, MessageRow>> {
  const ids = new Set(entries.flatMap(({ command }) => messagesNeeded(command)));
  const rows = await withRoots([...ids], (id) => store.readMessage(tenantId, head.roomId, id));
  return new Map(rows.map((row) => [row.message.id, row]));
}

const refusedThen = {
  kind: "refused",
  code: "forbidden",
  message: "The room refused this when it was applied.",
} as const;

function answer(
  state: RoomState,
  { command, position }: Entry,
  events: readonly EventRow[],
  {
    kept,
    changed,
    said,
    calls,
  }: {
    readonly kept: ReadonlySet<string>;
    readonly changed: ReadonlyMap<string, MessageRow>;
    /** Where messages of this stretch of the log were said. */
    readonly said: ReadonlyMap<string, number>;
    readonly calls: ReadonlyMap<string, CallRow>;
  },
): Decision {
  const messageOf = (id: string) => changed.get(id) ?? null;
  const context = {
    position,
    known: false,
    countableAt: () => 0,
    sendersAfter: () => [],
    messageOf,
    toldOf: () => [],
    erasing: nothingErasing,
    expiring: nothingExpiring,
    callOf: (id: string) => calls.get(id) ?? null,
  };
  const judged = () => apply(state, command, context).decision;
  const member = isMarker(command) ? state.members.get(command.userId) : null;
  if (command.type === "room.unread" && member !== null) {
    return { kind: "existing", resource: readPosition(state.head, member) };
  }
  if (command.type === "user.erase") {
    // Its answer may have been lost, and what it left is not known any more: the same step again finds out.
    const { part, after } = command;
    return { kind: "existing", resource: { rest: { part, after } } };
  }
  if (command.type === "message.create") {
    // It may have been there, and have gone since: then nobody is told anything.
    const mayHaveGone = (state.head.expired?.position ?? -1) > position;
    if (kept.has(command.messageId) || mayHaveGone) return { kind: "repeat", messageId: command.messageId };
    const decision = judged();
    if (decision.kind === "refused") return decision;
    // It was refused for what the room was then, and the room has changed since.
    return refusedThen;
  }
  if (isChange(command)) {
    if (events.length > 0) return { kind: "repeat", messageId: command.messageId };
    // It is there now, and was said after this: then there was nothing to change.
    if ((said.get(command.messageId) ?? 0) > position) return refusedThen;
    const decision = judged();
    return decision.kind === "applied" ? refusedThen : decision;
  }
  const decision = judged();
  // What became of a call then is not told from what the room has now.
  if (isCallCommand(command)) {
    if (events.length > 0) return { kind: "applied", resource: null };
    return decision.kind === "created" || decision.kind === "applied" ? refusedThen : decision;
  }
  return decision.kind === "refused" && events.length > 0 ? { kind: "applied", resource: null } : decision;
}

async function idsFound(
  store: Store,
  { tenantId, roomId }: { readonly tenantId: string; readonly roomId: string },
  ids: readonly string[],
): Promise<Set<string>> {
  const { places } = await store.findMessages(tenantId, roomId, ids);
  return new Set(places.keys());
}

/** What a reply quotes, as it is now: of what was taken back since nothing is told. */
function quoteIn(command: RoomCommand, messages: ReadonlyMap<string, MessageRow>): Quote | null {
  if (command.type !== "message.create" || command.replyToId === null) return null;
  const parent = messages.get(command.replyToId);
  return parent === undefined ? null : quoteOf(parent.message);
}

function noticeNow(state: RoomState, command: RoomCommand): Notice | null {
  if (command.type === "member.settings") return settingsNotice(state, command.userId);
  if (command.type === "member.profile") return profileNotice(state, command);
  return command.type === "room.mute" ? muteNotice(state, command.userId, state.head.updatedAt) : null;
}

function isMarker(command: RoomCommand): command is MarkerCommand {
  return command.type === "room.read" || command.type === "room.delivered" || command.type === "room.unread";
}

/** What is true of the marker now is no news to whoever was told, and all that is of use to whoever was not. */
function receiptNow(state: RoomState, command: RoomCommand): Receipt | null {
  if (command.type === "member.settings") {
    const isFiltered = command.block !== undefined || command.unblock !== undefined;
    return isFiltered ? filtered(state, command.userId, state.head.updatedAt) : null;
  }
  if (!isMarker(command)) return null;
  const { type, userId } = command;
  const member = state.members.get(userId);
  if (member === null) return null;
  const { tenantId, head } = state;
  const { readCountable, readNumber, deliveredNumber, ownNumber } = member;
  const place = { tenantId, roomId: head.roomId, at: head.updatedAt, userId };
  const to = member.role === "observer" ? "user" : "room";
  switch (type) {
    case "room.read":
      return member.settings?.receipts === false
        ? {
            to: "user",
            readCountable,
            event: { ...place, type: "receipt.read", number: ownReadNumber(member) },
          }
        : { to, readCountable, event: { ...place, type: "receipt.read", number: readNumber } };
    case "room.delivered":
      return {
        to,
        readCountable,
        event: { ...place, type: "receipt.delivered", number: deliveredNumber },
      };
    case "room.unread":
      if (ownNumber === null || ownNumber >= readNumber) return null;
      return {
        to: "user",
        readCountable,
        event: { ...place, type: "receipt.unread", number: ownNumber + 1 },
      };
  }
}

/** Of observers no event is kept: who is in now is told so again, and who is not, that it is out. */
function observersOf(
  state: RoomState,
  command: Entry["command"],
  events: readonly EventRow[],
): Pick<Outcome, "joined" | "left"> {
  if (command.type === "member.remove") {
    const isOut = events.length === 0 && state.members.get(command.userId) === null;
    return { joined: [], left: isOut ? [command.userId] : [] };
  }
  const named =
    command.type === "member.put" ? [command] : command.type === "room.put" ? command.members : [];
  const joined = named.flatMap(({ userId }) => {
    const member = state.members.get(userId);
    return member?.role === "observer" ? [{ userId, seq: member.joinedSeq }] : [];
  });
  return { joined: isListed(state.head) ? joined : [], left: [] };
}

/** As the room before each event is not known any more, rather too many: who is in already takes no notice. */
function mayHaveJoined(event: DurableEvent, members: RoomState["members"]): Outcome["joined"] {
  const { seq } = event;
  if (event.type === "member.added") return [{ userId: event.userId, seq }];
  const opened =
    event.type === "room.created" || event.type === "room.reopened" || event.type === "room.frozen";
  return opened ? [...members].map(({ userId }) => ({ userId, seq })) : [];
}

/** Events made at or after a position, ascending: read backwards in pages, as they are the room's newest. */
async function readEventsSince(store: Store, state: RoomState, position: number): Promise<EventRow[]> {
  const { tenantId, head } = state;
  for (let span = pageEvents; ; span *= 4) {
    const afterSeq = Math.max(0, head.seq - span);
    const rows = await readAll(store, tenantId, head.roomId, afterSeq, head.seq);
    const oldest = rows[0];
    if (afterSeq === 0 || (oldest !== undefined && oldest.position < position)) {
      return rows.filter((row) => row.position >= position);
    }
  }
}

async function readAll(
  store: Store,
  tenantId: string,
  roomId: string,
  afterSeq: number,
  toSeq: number,
): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  for (let after = afterSeq; after < toSeq; ) {
    const page = await store.readEvents(tenantId, roomId, { afterSeq: after, limit: pageEvents });
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.event.seq;
  }
  return rows;
}

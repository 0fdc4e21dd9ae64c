import { isDeepStrictEqual } from "node:util";
import type { ErrorCode } from "#shared/errors/catalogue.ts";
import { errorCatalogue } from "#shared/errors/catalogue.ts";
import type { FoundText } from "#shared/masking/screen-message.ts";
import type { Call } from "#shared/protocol/calls.ts";
import type { ErasureStep } from "#shared/protocol/erasures.ts";
import type { DurableEvent, MarkerEvent } from "#shared/protocol/events.ts";
import type { DeliveryItem } from "#shared/protocol/records.ts";
import type {
  MemberResource,
  Message,
  MessageVersion,
  Muting,
  Quote,
  ReadPosition,
  Room,
} from "#shared/protocol/resources.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import { emptied } from "#shared/store/emptied.ts";
import type { EventRow, MemberRow, MessageRow } from "#shared/store/store.ts";
import type { ErasingPart, ExpiringPart, ToldEvent } from "./parts.ts";
import type { RoomState } from "./state.ts";

/** What a command needs to know beyond the room's state; looked up before it is applied. */
export interface Context {
  /** Offset of the command in the log. */
  readonly position: number;
  /** message.create: this message is in the history already. */
  readonly known: boolean;
  /** message.update and the like: a message as it is before this command; null where there is none. */
  readonly messageOf: (messageId: string) => MessageRow | null;
  /** message.delete: the events that tell what that message says and said. */
  readonly toldOf: (messageId: string) => readonly ToldEvent[];
  /** user.erase: the part of the room that it is about. */
  readonly erasing: ErasingPart;
  /** messages.expire: the messages that go. */
  readonly expiring: ExpiringPart;
  /** A call that the room had, by one of its ids; null where there is none. */
  readonly callOf: (callId: string) => CallRow | null;
  /** Of markers: the room's `countable` at a message number, where that message exists. */
  readonly countableAt: (number: number) => number;
  /** Of markers that may stand before messages that do not count for their member: who sent the countable ones after. */
  readonly sendersAfter: (number: number) => readonly (string | null)[];
}

/** How a command ended, for whoever waits for it. */
export type Decision =
  | {
      readonly kind: "created" | "applied" | "existing";
      readonly resource: Room | Message | MemberResource | ReadPosition | Muting | Call | ErasureRest | null;
    }
  /** A repeat of a message that is in the history: the original is the answer. */
  | { readonly kind: "repeat"; readonly messageId: string }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string };

/** What is left of an erasure after a step; null: nothing. */
interface ErasureRest {
  readonly rest: ErasureStep | null;
}

export type Notice = Extract<DeliveryItem, { type: "settings" | "transient" }>;

export interface Receipt {
  readonly event: MarkerEvent;
  /** user: to the devices of the member alone. */
  readonly to: "room" | "user";
  readonly readCountable: number;
}

/** What a command made of a room. */
export interface Applied {
  readonly state: RoomState | null;
  readonly decision: Decision;
  readonly events: readonly EventRow[];
  readonly message: MessageRow | null;
  /** Messages that were there before and are not what they were. */
  readonly changed: readonly MessageRow[];
  /** What those said before. */
  readonly versions: readonly VersionRow[];
  /** Events of before that tell less from now on, complete. */
  readonly retold: readonly RetoldRow[];
  /** Messages that go as they are too old. */
  readonly expired: readonly MessageRow[];
  /** Members whose count is another by it, and who must be told so. */
  readonly recounted: readonly string[];
  /** Users of whom nothing is left here. */
  readonly forgotten: readonly Forgotten[];
  /** Calls that have ended by it, and ids by which calls are found from then on. */
  readonly calls: readonly CallRow[];
  readonly callIds: readonly CallName[];
  /** Rows that changed, complete. */
  readonly members: readonly MemberRow[];
  readonly removed: readonly string[];
  /** A marker moved: state, not log. */
  readonly receipt: Receipt | null;
  /** What the gateways that have the room are told beside its events. */
  readonly notice: Notice | null;
  /** Of a reply: what it quotes. Told to who is there, and kept nowhere, as what is quoted may be taken back. */
  readonly quote: Quote | null;
  /** What masking has found in it, for the customer's server to look at. */
  readonly flagged: readonly FoundText[] | null;
}

export interface RetoldRow extends EventRow {
  readonly retoldAt: string;
}

interface Forgotten {
  readonly userId: string;
  readonly at: string;
  readonly closedAts: readonly string[];
}

export interface CallName {
  readonly callId: string;
  readonly number: number;
}

export interface VersionRow {
  /** Of the message. */
  readonly number: number;
  readonly content: MessageVersion;
}

const nothing = {
  events: [],
  message: null,
  changed: [],
  versions: [],
  retold: [],
  expired: [],
  recounted: [],
  forgotten: [],
  calls: [],
  callIds: [],
  members: [],
  removed: [],
  receipt: null,
  notice: null,
  quote: null,
  flagged: null,
} as const;

export function refused(state: RoomState | null, code: ErrorCode, message?: string): Applied {
  return {
    ...nothing,
    state,
    decision: { kind: "refused", code, message: message ?? errorCatalogue[code].doc },
  };
}

export function unchanged(state: RoomState | null, decision: Decision): Applied {
  return { ...nothing, state, decision };
}

/** Fields of an event that its place in the room gives it. */
type Placed = "tenantId" | "roomId" | "seq" | "at";
type Content = DurableEvent extends infer E ? (E extends DurableEvent ? Omit<E, Placed> : never) : never;

/**
 * Collects what one command makes of one room. Each event takes the next `seq`; time never runs backwards within a
 * room, whatever the clocks of the ingest nodes say.
 */
export class Change {
  readonly at: string;
  readonly #position: number;
  readonly #events: EventRow[] = [];
  readonly #members = new Map<string, MemberRow>();
  readonly #removed = new Set<string>();
  readonly #changed = new Map<string, MessageRow>();
  readonly #versions: VersionRow[] = [];
  readonly #retold: RetoldRow[] = [];
  readonly #expired: MessageRow[] = [];
  readonly #recounted: string[] = [];
  readonly #forgotten: Forgotten[] = [];
  /** By number: of a call that changes twice only the last is written. */
  readonly #calls = new Map<number, CallRow>();
  readonly #callIds: CallName[] = [];
  #message: MessageRow | null = null;
  #state: RoomState;

  constructor(state: RoomState, position: number, commandAt: string) {
    this.#state = state;
    this.#position = position;
    const { updatedAt, expired } = state.head;
    const lastAt = expired !== undefined && expired.at > updatedAt ? expired.at : updatedAt;
    this.at = commandAt > lastAt ? commandAt : lastAt;
  }

  get state(): RoomState {
    return this.#state;
  }

  /** The seq that the next event will have. */
  get nextSeq(): number {
    return this.#state.head.seq + 1;
  }

  setHead(fields: Partial<RoomState["head"]>): void {
    this.#state = { ...this.#state, head: { ...this.#state.head, ...fields, position: this.#position } };
  }

  setMember(row: MemberRow): void {
    const members = this.#state.members.with(row);
    this.#state = { ...this.#state, members };
    this.setHead({ memberCount: members.seen });
    this.#members.set(row.userId, row);
    this.#removed.delete(row.userId);
  }

  removeMember(userId: string): void {
    const members = this.#state.members.without(userId);
    this.#state = { ...this.#state, members };
    this.setHead({ memberCount: members.seen });
    this.#members.delete(userId);
    this.#removed.add(userId);
  }

  addMessage(row: MessageRow): void {
    this.#message = row;
    this.setHead({ number: row.message.number, countable: row.countable, lastMessage: row.message });
  }

  /** Calls that have ended so far. */
  get calls(): readonly CallRow[] {
    return [...this.#calls.values()];
  }

  endCall(row: CallRow): void {
    this.#calls.set(row.number, row);
  }

  /** A call says something else of who was in it. */
  changeCall(row: CallRow): void {
    if (row.number === this.#state.head.call?.number) this.setHead({ call: row });
    else this.#calls.set(row.number, row);
  }

  /** The call is found by this id from now on. */
  nameCall(callId: string, number: number): void {
    this.#callIds.push({ callId, number });
  }

  /** What becomes of a message with the next event. What it said is kept where that is not the same any more. */
  changeMessage(
    row: MessageRow,
    change: Partial<MessageRow>,
    actorId: string | null,
    { keeps = true }: { readonly keeps?: boolean } = {},
  ): MessageRow {
    const changed = { ...row, ...change, revised: this.nextSeq };
    const { message } = changed;
    const { message: before } = row;
    this.#changed.set(message.id, changed);
    if (this.#state.head.lastMessage?.id === message.id) this.setHead({ lastMessage: message });
    const { body, attachments, mentions, custom } = before;
    const isSame = isDeepStrictEqual(
      [body, attachments, mentions, custom],
      [message.body, message.attachments, message.mentions, message.custom],
    );
    if (isSame || !keeps) return changed;
    const content: MessageVersion = {
      seq: this.nextSeq,
      body,
      attachments,
      mentions,
      custom,
      writtenAt: before.editedAt ?? before.createdAt,
      replacedAt: this.at,
      replacedBy: actorId,
    };
    this.#versions.push({ number: before.number, content });
    return changed;
  }

  /** What a message said is told no more, also to who reads on from before. */
  empty(told: readonly ToldEvent[]): void {
    for (const { row } of told) if (row !== null) this.retell(row, emptied(row.event));
  }

  /** In its place an event tells something else from now on. */
  retell(row: EventRow, event: DurableEvent): void {
    this.#retold.push({ ...row, event, retoldAt: this.at });
  }

  /** What a message said before is another from now on. */
  changeVersion(row: VersionRow): void {
    this.#versions.push(row);
  }

  /** These are gone. */
  expire(rows: readonly MessageRow[]): void {
    this.#expired.push(...rows);
  }

  /** What is unread for this member is another, by what was no doing of its own. */
  recount(row: MemberRow): void {
    this.setMember(row);
    this.#recounted.push(row.userId);
  }

  forget(forgotten: Omit<Forgotten, "at">): void {
    this.#forgotten.push({ ...forgotten, at: this.at });
  }

  addEvent(content: Content): void {
    const { tenantId, head } = this.#state;
    const { type, ...fields } = content;
    const placed = { type, tenantId, roomId: head.roomId, seq: this.nextSeq, at: this.at, ...fields };
    this.setHead({ seq: this.nextSeq, updatedAt: this.at });
    this.#events.push({
      event: placed as DurableEvent,
      countable: this.#state.head.countable,
      position: this.#position,
    });
  }

  done(
    decision: Decision,
    {
      receipt = null,
      notice = null,
      quote = null,
      flagged = null,
    }: Partial<Pick<Applied, "receipt" | "notice" | "quote" | "flagged">> = {},
  ): Applied {
    return {
      state: this.#state,
      decision,
      events: this.#events,
      message: this.#message,
      changed: [...this.#changed.values()],
      versions: this.#versions,
      retold: this.#retold,
      expired: this.#expired,
      recounted: this.#recounted,
      forgotten: this.#forgotten,
      calls: this.calls,
      callIds: this.#callIds,
      members: [...this.#members.values()],
      removed: [...this.#removed],
      receipt,
      notice,
      quote,
      flagged,
    };
  }
}

import { messageIdFor } from "#shared/protocol/ids.ts";
import type { Message, Role } from "#shared/protocol/resources.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import type { EventRow, MemberRow, MessageRow, RoomHead, RoomWrite } from "#shared/store/store.ts";
import { editsIn, emptiedBy, emptyHead, ringing, type Step, versionsIn } from "./test-room-steps.ts";
import { writeOf } from "./test-room-write.ts";

const epochMs = Date.parse("2026-01-01T00:00:00.000Z");
const at = (position: number) => new Date(epochMs + position * 1_000).toISOString();

/**
 * A room as its single writer would make it, step by step, and so the model that a store must agree with. Any run of
 * steps can be turned into a RoomWrite, which is what a replay after a crash does: the same steps, cut otherwise.
 */
export class TestRoom {
  readonly tenantId: string;
  readonly roomId: string;
  readonly epoch: number;
  /** Of the log. */
  partition = 0;
  readonly #steps: Step[] = [];
  #head: RoomHead;
  #members = new Map<string, MemberRow>();

  constructor(tenantId: string, roomId: string, epoch = 1, fields: Partial<RoomHead> = {}) {
    this.tenantId = tenantId;
    this.roomId = roomId;
    this.epoch = epoch;
    this.#head = { ...emptyHead(roomId, at(0)), ...fields };
  }

  get steps(): number {
    return this.#steps.length;
  }

  get head(): RoomHead {
    return this.#head;
  }

  /** By userId. */
  get members(): MemberRow[] {
    return [...this.#members.values()].sort((a, b) => (a.userId < b.userId ? -1 : 1));
  }

  /** The room after so many steps: everything a store must show then. */
  after(steps: number) {
    const done = this.#steps.slice(0, steps);
    const last = done.at(-1);
    if (last === undefined) throw new Error("a room without a step is none");
    const gone = last.head.expired ?? { number: 0, seq: 0 };
    return {
      head: last.head,
      members: [...last.members.values()].sort((a, b) => (a.userId < b.userId ? -1 : 1)),
      messages: done
        .flatMap(({ message }) => (message === null ? [] : [message]))
        .map((row) => editsIn(done).get(row.message.number)?.row ?? row)
        .filter(({ message }) => message.number > gone.number),
      versions: versionsIn(done)
        .filter(({ number }) => number > gone.number)
        .filter(({ number }) => !editsIn(done).get(number)?.row.message.erased),
      events: done
        .flatMap(({ event }) => (event === null ? [] : [emptiedBy(done)(event)]))
        .filter(({ event }) => event.seq > gone.seq),
    };
  }

  /** Messages up to this one are too old. */
  expire(number: number): void {
    const going = this.after(this.steps).messages.filter(({ message }) => message.number <= number);
    const last = going.at(-1);
    if (last === undefined) return;
    const { expired: before = { number: 0, seq: 0 }, lastMessage } = this.#head;
    const position = this.#nextPosition;
    const upTo = { number: last.message.number, seq: last.message.seq, countable: last.countable };
    const after = { number: before.number, seq: before.seq };
    const kept = (lastMessage?.number ?? 0) > upTo.number ? lastMessage : null;
    const { number: newest, countable } = upTo;
    this.#step(
      { lastMessage: kept, expired: { ...upTo, after, at: at(position), position } },
      {
        expired: going.map(({ message }) => {
          return { messageId: message.id, number: message.number, threadId: message.threadId };
        }),
        event: { type: "messages.expired", number: newest, countable, emptied: [] },
      },
    );
  }

  say(senderId: string, body: string, fields: Partial<Message> = {}): MessageRow {
    const { tenantId, roomId } = this;
    const number = this.#head.number + 1;
    const seq = this.#head.seq + 1;
    const clientId = `c${number}`;
    const when = at(this.#nextPosition);
    const message: Message = {
      id: messageIdFor({ tenantId, roomId, senderId, clientId }),
      roomId,
      seq,
      number,
      senderId,
      kind: "text",
      body,
      attachments: [],
      mentions: [],
      replyToId: null,
      threadId: null,
      thread: null,
      reactions: {},
      custom: null,
      clientId,
      createdAt: when,
      editedAt: null,
      deletedAt: null,
      ...fields,
    };
    const row = { message, countable: this.#head.countable + 1, revised: seq, moreReactions: null };
    const { id, kind, attachments, mentions, replyToId, threadId, custom } = message;
    const said = { kind, body, attachments, mentions, replyToId, threadId, custom, clientId };
    const content = { ...said, silent: false, threadCount: null };
    const head = { number, countable: row.countable, lastMessage: message };
    this.#step(head, {
      message: row,
      event: { type: "message.created", messageId: id, number, senderId, ...content },
    });
    return row;
  }

  /** Of a message that was said. */
  edit(number: number, body: string): MessageRow {
    const { messages } = this.after(this.steps);
    const old = messages.find(({ message }) => message.number === number);
    if (old === undefined) throw new Error(`there is no message ${number}`);
    const when = at(this.#nextPosition);
    const seq = this.#head.seq + 1;
    const message = { ...old.message, body, editedAt: when };
    const row = { message, countable: old.countable, revised: seq, moreReactions: { "👍": [body] } };
    const { attachments, mentions, custom } = old.message;
    const before = {
      seq,
      body: old.message.body,
      attachments,
      mentions,
      custom,
      writtenAt: old.message.editedAt ?? old.message.createdAt,
      replacedAt: when,
      replacedBy: null,
    };
    const { id: messageId, roomId: _room, seq: _seq, reactions: _r, deletedAt: _d, ...content } = message;
    const event = { type: "message.updated", messageId, ...content, actorId: null };
    const isLast = this.#head.number === number;
    this.#step(isLast ? { lastMessage: message } : {}, { edited: { row, before }, event });
    return row;
  }

  /** For good. */
  erase(number: number): void {
    const old = this.after(this.steps).messages.find(({ message }) => message.number === number);
    if (old === undefined) throw new Error(`there is no message ${number}`);
    const deletedAt = at(this.#nextPosition);
    const { id: messageId, senderId } = old.message;
    const gone = { body: null, attachments: [], mentions: [], reactions: {}, custom: null };
    const message = { ...old.message, ...gone, deletedAt, erased: true };
    const row = { ...old, message, revised: this.#head.seq + 1, moreReactions: null };
    const content = { messageId, number, senderId, body: null, deletedAt, actorId: null, erased: true };
    this.#step(this.#head.number === number ? { lastMessage: message } : {}, {
      edited: { row, before: null },
      event: { type: "message.deleted", ...content },
    });
  }

  add(userId: string, role: Role = "member", custom: MemberRow["custom"] = null): void {
    const { seq, number, countable } = this.#head;
    const joinedAt = at(this.#nextPosition);
    const member: MemberRow = {
      userId,
      role,
      custom,
      joinedAt,
      joinedSeq: seq + 1,
      deliveredNumber: number,
      readNumber: number,
      ownNumber: null,
      readCountable: countable,
      sentNumber: number,
      settings: null,
    };
    this.#members = new Map(this.#members).set(userId, member);
    const event = { type: "member.added", actorId: null, userId, role, custom } as const;
    this.#step(this.#counted(), role === "observer" ? { changed: userId } : { changed: userId, event });
  }

  remove(userId: string): void {
    const isObserver = this.#members.get(userId)?.role === "observer";
    this.#members = new Map(this.#members);
    this.#members.delete(userId);
    const event = { type: "member.removed", actorId: null, userId } as const;
    this.#step(this.#counted(), isObserver ? { changed: userId } : { changed: userId, event });
  }

  /** A receipt: state, and no event. */
  read(userId: string, readNumber: number): void {
    const member = this.#members.get(userId);
    if (member === undefined) throw new Error(`${userId} is no member`);
    this.#members = new Map(this.#members).set(userId, { ...member, readNumber, readCountable: readNumber });
    this.#step({}, { changed: userId });
  }

  /** What the user has it at, where others are told more. */
  setBack(userId: string, ownNumber: number): void {
    const member = this.#members.get(userId);
    if (member === undefined) throw new Error(`${userId} is no member`);
    this.#members = new Map(this.#members).set(userId, { ...member, ownNumber });
    this.#step({}, { changed: userId });
  }

  rename(name: string): void {
    const { type, custom, freezeAt, closeAt } = this.#head;
    this.#step(
      { name },
      { event: { type: "room.updated", actorId: null, roomType: type, name, custom, freezeAt, closeAt } },
    );
  }

  /** It is to close by itself. */
  closeAt(closeAt: string | null): void {
    const { type, name, custom, freezeAt } = this.#head;
    const fields = { roomType: type, name, custom, freezeAt, closeAt };
    this.#step({ closeAt }, { event: { type: "room.updated", actorId: null, ...fields } });
  }

  /** Calls are numbered, and found by their ids. */
  startCall(callId: string, rung: readonly string[] = []): CallRow {
    const { callNumber } = this.#head;
    const when = at(this.#nextPosition);
    const ringEndsAt = at(this.#nextPosition + 30);
    const call = {
      callId,
      roomId: this.roomId,
      kind: "audio",
      state: "ringing",
      reason: null,
      startedBy: "a",
      region: null,
      custom: null,
      createdAt: when,
      ringEndsAt,
      answeredAt: null,
      endedAt: null,
      durationSeconds: null,
    } as const;
    const row = {
      number: callNumber + 1,
      revised: 0,
      call: { ...call, recordings: [], participants: rung.map(ringing) },
      isGroup: true,
      leavesMessage: false,
      aloneUntil: null,
    };
    this.#step({ call: row, callNumber: row.number }, { callId });
    return row;
  }

  /** The call is found by this id as well. */
  nameCall(callId: string): void {
    this.#step({}, { callId });
  }

  endCall(): CallRow {
    const { call: row } = this.#head;
    if (row === null) throw new Error("no call runs");
    const endedAt = at(this.#nextPosition);
    const ended: CallRow = { ...row, call: { ...row.call, state: "ended", reason: "missed", endedAt } };
    this.#step({ call: null }, { call: ended });
    return ended;
  }

  freeze(): void {
    this.#step({ state: "frozen" }, { event: { type: "room.frozen", actorId: null } });
  }

  close(): void {
    this.#step(
      { state: "closed", closedAt: at(this.#nextPosition) },
      { moved: true, event: { type: "room.closed", actorId: null } },
    );
  }

  reopen(): void {
    this.#step(
      { state: "open", closedAt: null },
      { moved: true, event: { type: "room.reopened", actorId: null } },
    );
  }

  delete(): void {
    const moved = this.#head.state !== "closed";
    this.#step({ deleted: true }, { moved, event: { type: "room.deleted", actorId: null } });
  }

  /** What a batch of these steps, `from` included and `to` not, has the writer store. */
  write(from = 0, to = this.steps): RoomWrite {
    return writeOf(this, this.#steps, from, to);
  }

  /** Observers are there for nobody. */
  #counted(): Pick<RoomHead, "memberCount"> {
    return { memberCount: this.members.filter(({ role }) => role !== "observer").length };
  }

  /** Positions have gaps: a partition's other rooms have the rest. */
  get #nextPosition(): number {
    return (this.#steps.at(-1)?.position ?? 0) + 2;
  }

  #step(
    change: Partial<RoomHead>,
    made: {
      event?: object;
      message?: MessageRow;
      edited?: NonNullable<Step["edited"]>;
      changed?: string;
      moved?: boolean;
      call?: CallRow;
      callId?: string;
      expired?: Step["expired"];
    },
  ): void {
    const position = this.#nextPosition;
    const seq = this.#head.seq + (made.event === undefined ? 0 : 1);
    this.#head = { ...this.#head, ...change, seq, position, updatedAt: at(position) };
    const { tenantId, roomId } = this;
    const event = { tenantId, roomId, seq, at: at(position), ...made.event } as EventRow["event"];
    this.#steps.push({
      position,
      head: this.#head,
      members: this.#members,
      changed: made.changed ?? null,
      message: made.message ?? null,
      edited: made.edited ?? null,
      event: made.event === undefined ? null : { event, countable: this.#head.countable, position },
      moved: made.moved ?? false,
      call: made.call ?? null,
      callId: made.callId ?? null,
      expired: made.expired ?? [],
    });
  }
}

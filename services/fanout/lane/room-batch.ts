import type { RoomCommand } from "#shared/protocol/commands.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import { cameToCall } from "#shared/store/calls.ts";
import { dueOf } from "#shared/store/due.ts";
import { tellsOf } from "#shared/store/emptied.ts";
import { isListed } from "#shared/store/listed.ts";
import type { ChangedMessage, EventRow, MemberRow, MessageRow, RoomWrite } from "#shared/store/store.ts";
import { versionOf } from "#shared/store/version.ts";
import type { Applied, Decision, RetoldRow } from "../room/applied.ts";
import { apply } from "../room/apply.ts";
import type { ToldEvent } from "../room/parts.ts";
import type { RoomState } from "../room/state.ts";
import type { RoomFacts } from "./facts.ts";
import type { LoadedRoom } from "./room-cache.ts";
import type { SentMessage } from "./senders.ts";

export interface Entry {
  readonly position: number;
  readonly command: RoomCommand;
}

interface Joined {
  readonly userId: string;
  readonly seq: number;
}

/** One command of the batch and what became of it. */
export interface Outcome extends Entry {
  readonly decision: Decision;
  readonly events: readonly EventRow[];
  readonly receipt: Applied["receipt"];
  readonly notice: Applied["notice"];
  readonly quote: Applied["quote"];
  readonly flagged: Applied["flagged"];
  readonly expired: Applied["expired"];
  readonly recounted: Applied["recounted"];
  /** Users whose set of open rooms grew, and the seq from which the room is theirs. */
  readonly joined: readonly Joined[];
  /** Observers who were put out: no event says so. */
  readonly left: readonly string[];
  /** The room after it. */
  readonly state: RoomState | null;
}

interface FreshMessage extends SentMessage {
  readonly countable: number;
}

/**
 * The commands of one batch for one room: applies them in order and gathers what is to be written. Nothing of the
 * room in memory changes before `commit`, so a batch that fails can be tried again from the start.
 */
export class RoomBatch {
  readonly tenantId: string;
  readonly roomId: string;
  readonly #loaded: LoadedRoom;
  readonly #facts: RoomFacts;
  readonly #fresh = new Map<string, FreshMessage>();
  readonly #members = new Map<string, { position: number; member: MemberRow }>();
  readonly #removed = new Map<string, { position: number; userId: string }>();
  readonly #messages: RoomWrite["messages"][number][] = [];
  /** Messages that this batch made or changed, as they are now. */
  readonly #rows = new Map<string, MessageRow>();
  readonly #changed = new Map<string, { position: number; row: MessageRow }>();
  readonly #versions: RoomWrite["versions"][number][] = [];
  readonly #events: EventRow[] = [];
  /** By seq. */
  readonly #retold = new Map<number, { position: number; row: RetoldRow }>();
  readonly #forgotten: RoomWrite["forgotten"][number][] = [];
  readonly #expired: RoomWrite["expired"][number][] = [];
  readonly #calls: RoomWrite["calls"][number][] = [];
  readonly #callIds: RoomWrite["callIds"][number][] = [];
  #state: RoomState | null;
  #listedChanged = false;

  constructor(tenantId: string, roomId: string, loaded: LoadedRoom, facts: RoomFacts) {
    this.tenantId = tenantId;
    this.roomId = roomId;
    this.#loaded = loaded;
    this.#facts = facts;
    this.#state = loaded.state;
  }

  get state(): RoomState | null {
    return this.#state;
  }

  apply({ position, command }: Entry): Outcome {
    const applied = apply(this.#state, command, {
      position,
      known: command.type === "message.create" && this.#isKnown(command.messageId),
      messageOf: (messageId) => this.#rows.get(messageId) ?? this.#facts.messages.get(messageId) ?? null,
      toldOf: (messageId) => this.#toldOf(messageId),
      erasing: this.#facts.erasing,
      expiring: this.#facts.expiring,
      callOf: (callId) => this.#callOf(callId),
      countableAt: (number) => this.#countableAt(number),
      sendersAfter: (number) => this.#sendersAfter(number),
    });
    const before = this.#state;
    this.#state = applied.state;
    this.#keep(applied, position, before?.head.countable ?? 0);
    const { state, decision, events, receipt, notice, quote, flagged, expired, recounted } = applied;
    if (before !== null && state !== null && isListed(before.head) !== isListed(state.head)) {
      this.#listedChanged = true;
    }
    const [joined, left] = [joinedBy(before, applied), leftBy(before, applied)];
    const told = { decision, events, receipt, notice, quote, flagged, expired, recounted, joined, left };
    return { position, command, ...told, state };
  }

  /** Everything that changed, or null when nothing did. */
  write({ epoch, partition }: { epoch: number; partition: number }): RoomWrite | null {
    const state = this.#state;
    if (state === null || state === this.#loaded.state) return null;
    const before = this.#loaded.state;
    const due = dueOf(state.head);
    return {
      tenantId: this.tenantId,
      epoch,
      partition,
      head: state.head,
      due: before !== null && due === dueOf(before.head) ? null : due,
      members: [...this.#members.values()],
      removedMembers: [...this.#removed.values()],
      messages: this.#messages,
      changed: this.#changedIn(epoch),
      settled: this.#loaded.changed,
      versions: this.#versions,
      // Of a message that came and went with this batch nothing is written that would be taken back at once.
      events: this.#events.map((row) => ({
        ...row,
        event: this.#retold.get(row.event.seq)?.row.event ?? row.event,
      })),
      retold: [...this.#retold.values()].map(({ position, row }) => ({
        ...row,
        version: versionOf(epoch, position),
      })),
      forgotten: this.#forgotten,
      expired: this.#expired,
      calls: this.#calls,
      callIds: this.#callIds,
      cameToCall: cameToCall(before?.head.call ?? null, state.head.call),
      listing: this.#listing(state),
    };
  }

  /** What the room is in memory once all of it is written and emitted. */
  commit(epoch: number): LoadedRoom {
    for (const [messageId, { number, countable }] of this.#fresh) {
      this.#loaded.recent.add(messageId, number, countable);
    }
    const { recent, rows } = this.#loaded;
    for (const row of [...this.#facts.messages.values(), ...this.#rows.values()]) rows.set(row);
    for (const { messageId } of this.#expired) {
      recent.remove(messageId);
      rows.remove(messageId);
    }
    const isWritten = this.#state !== this.#loaded.state;
    return {
      state: this.#state,
      recent,
      rows,
      changed: isWritten ? this.#changedIn(epoch) : this.#loaded.changed,
    };
  }

  #changedIn(epoch: number): ChangedMessage[] {
    return [...this.#changed.values()].map(({ position, row }) => ({
      ...row,
      version: versionOf(epoch, position),
    }));
  }

  #isKnown(messageId: string): boolean {
    return (
      this.#fresh.has(messageId) || this.#loaded.recent.has(messageId) || this.#facts.known.has(messageId)
    );
  }

  /** A call of this batch or of the past; the one that runs is what the room has. */
  #callOf(callId: string): CallRow | null {
    const ended = this.#calls.findLast(({ call }) => call.callId === callId);
    if (ended !== undefined) return ended;
    const fact = this.#facts.calls.get(callId);
    const number = this.#callIds.find((one) => one.callId === callId)?.number ?? fact?.number;
    if (number === undefined) return null;
    const running = this.#state?.head.call;
    if (running?.number === number) return running;
    return this.#calls.findLast((one) => one.number === number) ?? fact ?? null;
  }

  #countableAt(number: number): number {
    for (const fresh of this.#fresh.values()) if (fresh.number === number) return fresh.countable;
    // What was the newest before this batch, the head tells: of a room just loaded, memory knows ids alone.
    const before = this.#loaded.state?.head;
    if (before !== undefined && number === before.number) return before.countable;
    if (before?.expired !== undefined && number <= before.expired.number) return before.expired.countable;
    return this.#loaded.recent.countableAt(number) ?? this.#facts.countable.get(number) ?? 0;
  }

  #toldOf(messageId: string): ToldEvent[] {
    const fresh = this.#events.filter(({ event }) => tellsOf(event, messageId));
    const own = fresh.map((row) => ({ seq: row.event.seq, at: row.event.at, row }));
    return [...(this.#facts.told.get(messageId) ?? []), ...own];
  }

  #sendersAfter(number: number): (string | null)[] {
    return [...this.#facts.senders, ...this.#fresh.values()]
      .filter((message) => message.counts && message.number > number)
      .map(({ senderId }) => senderId);
  }

  #keep(applied: Applied, position: number, countableBefore: number): void {
    this.#events.push(...applied.events);
    if (applied.message !== null) {
      const { message, countable } = applied.message;
      this.#messages.push({ position, ...applied.message });
      this.#rows.set(message.id, applied.message);
      const { number, senderId } = message;
      const counts = countable > countableBefore;
      this.#fresh.set(message.id, { number, countable, senderId, counts });
    }
    for (const row of applied.changed) {
      this.#rows.set(row.message.id, row);
      this.#changed.set(row.message.id, { position, row });
    }
    for (const row of applied.retold) this.#retold.set(row.event.seq, { position, row });
    for (const { message } of applied.expired) {
      const { id: messageId, number, threadId } = message;
      this.#expired.push({ position, messageId, number, threadId });
    }
    for (const each of applied.forgotten) this.#forgotten.push({ position, ...each });
    for (const version of applied.versions) this.#versions.push({ position, ...version });
    for (const call of applied.calls) this.#calls.push({ position, ...call });
    for (const name of applied.callIds) this.#callIds.push({ position, ...name });
    for (const member of applied.members) {
      this.#members.set(member.userId, { position, member });
      this.#removed.delete(member.userId);
    }
    for (const userId of applied.removed) {
      this.#removed.set(userId, { position, userId });
      this.#members.delete(userId);
    }
  }

  /**
   * A room moves in its members' lists when it opens or closes; also when the batch did both, as a stale writer may
   * have written the half of it.
   */
  #listing(state: RoomState): RoomWrite["listing"] {
    return this.#listedChanged ? { open: isListed(state.head), members: [...state.members] } : null;
  }
}

/** The users whose set of open rooms grew: all of a room that opened, or whom it took in while open. */
function joinedBy(before: RoomState | null, { state: after, events, members }: Applied): Joined[] {
  if (after === null || !isListed(after.head)) return [];
  if (before === null || !isListed(before.head)) {
    const seq = events[0]?.event.seq ?? after.head.seq;
    return [...after.members].map(({ userId }) => ({ userId, seq }));
  }
  return members
    .filter(({ userId, joinedSeq }) => before.members.get(userId)?.joinedSeq !== joinedSeq)
    .map(({ userId, joinedSeq }) => ({ userId, seq: joinedSeq }));
}

function leftBy(before: RoomState | null, { removed }: Applied): string[] {
  return removed.filter((userId) => before?.members.get(userId)?.role === "observer");
}

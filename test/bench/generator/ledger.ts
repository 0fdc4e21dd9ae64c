import type { Tally } from "./tally.ts";

/** A message as the clients know it. */
export interface Entry {
  readonly n: number;
  readonly sender: 0 | 1;
  readonly dueMs: number;
  readonly tally: Tally;
  /** From the acknowledgement or the first event, whichever came first. */
  id: string | null;
  acked: boolean;
  refused: boolean;
  /** Bit 0: seen by member 0; bit 1: by member 1. */
  seenBy: number;
  seq: number;
  number: number;
}

/** The fields of `message.created` that are checked. */
export interface Created {
  readonly messageId: string;
  readonly seq: number;
  readonly number: number;
  readonly clientId: string | null;
  readonly senderId: string | null;
  readonly body: string | null;
}

/** What a subscriber was last told of its room. */
interface Cursor {
  seq: number;
  number: number;
}

const both = 3;

/**
 * What the clients of one room sent, were answered and saw. Checks as it goes: no message is invented or altered (I2),
 * each is there once (I3), and each member sees every `seq` once and in order (I4). That nothing acked is lost (I1)
 * shows when a window ends, and `entries` is what the history is compared with (I5).
 */
export class Ledger {
  readonly roomId: string;
  readonly members: readonly [string, string];
  readonly entries = new Map<number, Entry>();
  /** Up to this number the history was compared. */
  comparedNumber = 0;
  readonly #run: string;
  readonly #cursors: [Cursor | null, Cursor | null] = [null, null];
  #next = 0;

  /** @param run sets the client ids of this run apart from those of others. */
  constructor(run: string, roomId: string, members: readonly [string, string]) {
    this.#run = run;
    this.roomId = roomId;
    this.members = members;
  }

  /** A message that is about to be sent. */
  add(sender: 0 | 1, dueMs: number, tally: Tally): Entry {
    const n = this.#next;
    this.#next += 1;
    const entry = {
      ...{ n, sender, dueMs, tally, id: null, acked: false },
      ...{ refused: false, seenBy: 0, seq: 0, number: 0 },
    };
    this.entries.set(n, entry);
    tally.sent += 1;
    return entry;
  }

  clientIdOf(n: number): string {
    return `${this.#run}-${n}`;
  }

  bodyOf(n: number): string {
    return `Message ${n} of this trip: I am at the corner, by the blue sign, two minutes away 🚕`;
  }

  /** Where a member's stream starts: what `connected` said of the room. */
  startAt(member: 0 | 1, seq: number): void {
    this.#cursors[member] = { seq, number: -1 };
  }

  acked(n: number, id: string, nowMs: number): void {
    const entry = this.entries.get(n);
    if (entry === undefined) return;
    const { tally } = entry;
    if (entry.acked) tally.violation(`${this.#what(entry)}: acknowledged twice`);
    this.#identify(entry, id);
    entry.acked = true;
    tally.acked += 1;
    tally.ack.recordMs(nowMs - entry.dueMs);
    if (entry.seenBy === both) tally.complete += 1;
  }

  /** The bare echo has no second member: what comes back is all there is. */
  echoed(n: number, nowMs: number): void {
    const entry = this.entries.get(n);
    if (entry === undefined) return;
    entry.tally.ack.recordMs(nowMs - entry.dueMs);
    entry.tally.acked += 1;
    entry.tally.complete += 1;
    this.entries.delete(n);
  }

  refused(n: number, code: string): void {
    const entry = this.entries.get(n);
    if (entry === undefined || entry.refused) return;
    entry.refused = true;
    entry.tally.refuse(code);
  }

  saw(member: 0 | 1, event: Created, tally: Tally, nowMs: number): void {
    this.#follow(member, event, tally);
    const entry = this.entries.get(this.#numberOf(event.clientId));
    if (entry === undefined) {
      tally.violation(`${this.roomId} seq ${event.seq}: nobody sent ${event.clientId}`);
      return;
    }
    const seen = 1 << member;
    if ((entry.seenBy & seen) !== 0) entry.tally.violation(`${this.#what(entry)}: seen twice`);
    if (entry.seenBy === 0) Object.assign(entry, { seq: event.seq, number: event.number });
    else if (entry.seq !== event.seq || entry.number !== event.number) {
      entry.tally.violation(`${this.#what(entry)}: seq ${entry.seq} for one, ${event.seq} for the other`);
    }
    if (event.senderId !== this.members[entry.sender] || event.body !== this.bodyOf(entry.n)) {
      entry.tally.violation(`${this.#what(entry)}: its sender or text was changed`);
    }
    this.#identify(entry, event.messageId);
    entry.seenBy |= seen;
    if (member !== entry.sender) {
      entry.tally.delivered += 1;
      entry.tally.deliver.recordMs(nowMs - entry.dueMs);
    }
    if (entry.seenBy === both && entry.acked) entry.tally.complete += 1;
  }

  /** Any other durable event of the room. */
  passed(member: 0 | 1, seq: number, tally: Tally): void {
    this.#follow(member, { seq, number: null }, tally);
  }

  #follow(member: 0 | 1, { seq, number }: { seq: number; number: number | null }, tally: Tally): void {
    const cursor = this.#cursors[member];
    if (cursor === null) throw new Error(`${this.roomId}: member ${member} was never connected`);
    if (seq !== cursor.seq + 1) {
      tally.violation(`${this.roomId} member ${member}: seq ${seq} follows ${cursor.seq}`);
    }
    cursor.seq = seq;
    if (number === null) return;
    if (cursor.number !== -1 && number !== cursor.number + 1) {
      tally.violation(`${this.roomId} member ${member}: number ${number} follows ${cursor.number}`);
    }
    cursor.number = number;
  }

  #identify(entry: Entry, id: string): void {
    if (entry.id === null) entry.id = id;
    else if (entry.id !== id) entry.tally.violation(`${this.#what(entry)}: is ${entry.id} and ${id}`);
  }

  #numberOf(clientId: string | null): number {
    if (clientId === null || !clientId.startsWith(this.#run)) return -1;
    return Number(clientId.slice(this.#run.length + 1));
  }

  #what(entry: Entry): string {
    return `${this.roomId} message ${entry.n}`;
  }
}

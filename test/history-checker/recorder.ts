import type { Fault, History, RoomAtRest, Seen, Send, SendOutcome, Session, Subscriber } from "./history.ts";

type Attempt = Omit<Send, "invokedAtMs" | "outcome">;

/** Tells how one send ended. One that is never told is of unknown outcome. */
export interface SendRecord {
  ok(messageId: string): void;
  /** Refused for good: nothing may come of it. Not for lost answers and timeouts. */
  fail(code: string): void;
}

/** Takes down what one client sees. */
export interface SubscriberRecord {
  /**
   * A new stretch of listening. Of a bare client every connection is one; a client that resumes by itself and drops
   * repeats has a single one.
   *
   * @param resume the cursors that it connects with.
   */
  session(resume?: Readonly<Record<string, number>>): void;
  /** What `connected` lists. Rooms without a cursor start there. */
  listed(rooms: readonly { readonly roomId: string; readonly seq: number }[]): void;
  saw(frame: Seen["frame"]): void;
  /** It will not be there at the end. */
  incomplete(): void;
}

/** Takes down a run as it happens, for `checkHistory`. */
export class HistoryRecorder {
  readonly #nowMs: () => number;
  readonly #sends: (Attempt & { readonly invokedAtMs: number; outcome: SendOutcome })[] = [];
  readonly #subscribers: Subscriber[] = [];
  readonly #faults: Fault[] = [];

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Called before anything is written to the network. */
  send(attempt: Attempt): SendRecord {
    const send = { ...attempt, invokedAtMs: this.#nowMs(), outcome: { type: "unknown" } as SendOutcome };
    this.#sends.push(send);
    return {
      ok: (messageId) => {
        send.outcome = { type: "ok", messageId, atMs: this.#nowMs() };
      },
      fail: (code) => {
        send.outcome = { type: "fail", code, atMs: this.#nowMs() };
      },
    };
  }

  subscriber(of: { readonly tenantId: string; readonly userId: string }): SubscriberRecord {
    const sessions: (Session & { startSeq: Map<string, number>; seen: Seen[] })[] = [];
    const name = `${of.userId}#${this.#subscribers.length}`;
    const subscriber = { ...of, name, sessions, complete: true };
    this.#subscribers.push(subscriber);
    const current = () => {
      const last = sessions.at(-1);
      if (last === undefined) throw new Error(`${name} has no session`);
      return last;
    };
    return {
      session: (resume = {}) => {
        sessions.push({ startSeq: new Map(Object.entries(resume)), seen: [] });
      },
      listed: (rooms) => {
        const { startSeq, seen } = current();
        for (const { roomId, seq } of rooms) {
          const known = startSeq.has(roomId) || seen.some(({ frame }) => frame.roomId === roomId);
          if (!known) startSeq.set(roomId, seq);
        }
      },
      saw: (frame) => void current().seen.push({ atMs: this.#nowMs(), frame }),
      incomplete: () => {
        subscriber.complete = false;
      },
    };
  }

  /** Called when something is done to the deployment; it must work again within the bound. */
  fault(name: string, recoveryMsMax: number): void {
    this.#faults.push({ name, recoveryMsMax, atMs: this.#nowMs() });
  }

  get sends(): readonly Send[] {
    return this.#sends;
  }

  /** What was sent and seen since the last fault: all that says how far it is recovered from, however long the run. */
  sinceFault(): History {
    const fault = this.#faults.at(-1);
    const fromMs = fault?.atMs ?? Number.NEGATIVE_INFINITY;
    const since = <T>(all: readonly T[], atMsOf: (one: T) => number): T[] =>
      all.slice(all.findLastIndex((one) => atMsOf(one) <= fromMs) + 1);
    return {
      sends: since(this.#sends, ({ invokedAtMs }) => invokedAtMs),
      subscribers: this.#subscribers.map((one) => ({
        ...one,
        sessions: one.sessions.map((session) => ({
          ...session,
          seen: since(session.seen, ({ atMs }) => atMs),
        })),
      })),
      faults: fault === undefined ? [] : [fault],
      rooms: [],
    };
  }

  /** @param rooms as they are when everything has come to rest: see `readRoomsAtRest`. */
  history(rooms: readonly RoomAtRest[]): History {
    return { sends: this.#sends, subscribers: this.#subscribers, faults: this.#faults, rooms };
  }
}

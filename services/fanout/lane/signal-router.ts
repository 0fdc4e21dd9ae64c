import { limits } from "#shared/limits.ts";
import type { EventLog, LogRecord } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import { refusalOf } from "#shared/protocol/capabilities.ts";
import { checker } from "#shared/protocol/checker.ts";
import type { TypingEvent } from "#shared/protocol/events.ts";
import { SignalRecord } from "#shared/protocol/records.ts";
import type { InterestRouter } from "./interest-router.ts";
import { Outgoing } from "./outgoing.ts";
import type { RoomCache } from "./room-cache.ts";

type SignalOutcome = "routed" | "unwanted" | "stale" | "refused" | "unreadable" | "dropped";

export interface SignalRouterDeps {
  readonly log: Pick<EventLog, "append">;
  readonly topics: Topics;
  readonly rooms: Pick<RoomCache, "peek">;
  readonly interest: Pick<InterestRouter, "wanting">;
  readonly metrics: { readonly signals: { inc(labels: { outcome: SignalOutcome }, count: number): void } };
}

const readSignal = checker(SignalRecord);

/**
 * Passes the `signals` of one partition on to the inboxes that want their rooms. It keeps nothing and waits for
 * nothing: the partition's commands are never held up, and what cannot be passed on at once is dropped.
 */
export class SignalRouter {
  readonly #deps: SignalRouterDeps;
  #inFlight = 0;

  constructor(deps: SignalRouterDeps) {
    this.#deps = deps;
  }

  /** @param logMs the log's time: what is older than a signal lasts comes from a time when nobody read them. */
  process(records: readonly LogRecord[], logMs: number): void {
    const outgoing = new Outgoing(this.#deps.topics);
    let routed = 0;
    for (const signal of this.#newest(records, logMs - limits.typingExpiryMs)) {
      if (this.#deliver(signal, outgoing)) routed += 1;
    }
    const deliveries = outgoing.records();
    if (deliveries.length === 0) return;
    if (this.#inFlight >= limits.signalBatchesInFlightMax) {
      this.#count("dropped", routed);
      return;
    }
    this.#inFlight += 1;
    this.#deps.log
      .append(deliveries)
      .then(
        () => this.#count("routed", routed),
        () => this.#count("dropped", routed),
      )
      .finally(() => {
        this.#inFlight -= 1;
      });
  }

  /** Of each user in each room the last word. */
  #newest(records: readonly LogRecord[], afterMs: number): Iterable<SignalRecord> {
    const newest = new Map<string, SignalRecord>();
    for (const record of records) {
      if (record.timestampMs < afterMs) {
        this.#count("stale", 1);
        continue;
      }
      try {
        const signal = readSignal(JSON.parse(record.value ?? ""));
        newest.set(`${signal.tenantId}/${signal.roomId}/${signal.userId}`, signal);
      } catch {
        // Gone in a moment anyway: no dead letter.
        this.#count("unreadable", 1);
      }
    }
    return newest.values();
  }

  #deliver(signal: SignalRecord, outgoing: Outgoing): boolean {
    const { tenantId, roomId } = signal;
    if (signal.typing && !this.#mayType(signal)) {
      this.#count("refused", 1);
      return false;
    }
    const wanting = this.#deps.interest.wanting(tenantId, "room", roomId);
    if (wanting.length === 0) {
      this.#count("unwanted", 1);
      return false;
    }
    outgoing.deliver(wanting, { type: "transient", to: "room", event: eventOf(signal) });
    return true;
  }

  /** The owner's own word where the room is in its memory; else the gateway has asked the store a moment ago. */
  #mayType({ tenantId, roomId, userId }: SignalRecord): boolean {
    const state = this.#deps.rooms.peek(tenantId, roomId)?.state;
    if (state === undefined) return true;
    const member = state?.members.get(userId);
    if (member == null || state == null || state.head.deleted) return false;
    return refusalOf("typing.start", { ...state.head, role: member.role }) === null;
  }

  #count(outcome: SignalOutcome, count: number): void {
    this.#deps.metrics.signals.inc({ outcome }, count);
  }
}

function eventOf({ tenantId, roomId, userId, typing, at }: SignalRecord): TypingEvent {
  return { type: typing ? "typing.started" : "typing.stopped", tenantId, roomId, at, userId };
}

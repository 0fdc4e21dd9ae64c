import type { RoomGapFrame } from "#shared/protocol/frames.ts";
import type { Fault, History, Send, Violation } from "./history.ts";
import { groupBy, roomKey, sendKey } from "./keys.ts";
import { liveMessages } from "./live-messages.ts";

export interface Recovery {
  readonly fault: Fault;
  /** From the fault until every room had passed on something that was sent after it. Null: one never did. */
  readonly recoveredMs: number | null;
  /** The one that took longest. */
  readonly roomId: string | null;
}

/** How long each fault was felt. Rooms in which nobody sent between it and the next one say nothing. */
export function recoveries(history: History): Recovery[] {
  const arrivals = arrivalsOf(history);
  const sends = history.sends.filter(({ outcome }) => outcome.type !== "fail");
  const faults = history.faults.toSorted((a, b) => a.atMs - b.atMs);
  return faults.map((fault, index) => {
    const until = faults[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const after = sends.filter(({ invokedAtMs }) => invokedAtMs > fault.atMs && invokedAtMs < until);
    return slowest(fault, after, arrivals);
  });
}

/** I7: recovery ends within its bound. */
export function* checkRecovery(history: History): Generator<Violation> {
  for (const { fault, recoveredMs, roomId } of recoveries(history)) {
    if (roomId === null) {
      yield { invariant: "I7", message: `nothing was sent after ${fault.name}, so nothing is known of it` };
    } else if (recoveredMs === null) {
      yield { invariant: "I7", message: `${roomId} never passed on anything sent after ${fault.name}` };
    } else if (recoveredMs > fault.recoveryMsMax) {
      const took = `${Math.round(recoveredMs)} ms, more than ${fault.recoveryMsMax}`;
      yield { invariant: "I7", message: `${roomId} took ${took} to recover from ${fault.name}` };
    }
  }
}

function slowest(fault: Fault, sends: readonly Send[], arrivals: ReadonlyMap<string, number>): Recovery {
  let result: Recovery = { fault, recoveredMs: 0, roomId: null };
  for (const inRoom of groupBy(sends, roomKey).values()) {
    const roomId = inRoom[0]?.roomId ?? null;
    const first = Math.min(...inRoom.map((send) => arrivals.get(sendKey(send)) ?? Number.POSITIVE_INFINITY));
    if (first === Number.POSITIVE_INFINITY) return { fault, recoveredMs: null, roomId };
    const recoveredMs = first - fault.atMs;
    if (result.roomId === null || recoveredMs > (result.recoveredMs ?? 0))
      result = { fault, recoveredMs, roomId };
  }
  return result;
}

/** When each send had reached all complete subscribers that were to get it. Who is told of a gap reads it there. */
function arrivalsOf(history: History): Map<string, number> {
  const starts = new Map<string, { readonly seq: number; readonly gaps: readonly RoomGapFrame[] }[]>();
  for (const { complete, tenantId, sessions } of history.subscribers) {
    const own = new Map<string, number>();
    for (const [roomId, seq] of complete ? sessions.flatMap(({ startSeq }) => [...startSeq]) : []) {
      own.set(roomId, Math.min(seq, own.get(roomId) ?? seq));
    }
    for (const [roomId, seq] of own) {
      const key = roomKey({ tenantId, roomId });
      const gaps = sessions.flatMap(({ seen }) =>
        seen.flatMap(({ frame }) => (frame.type === "room.gap" && frame.roomId === roomId ? [frame] : [])),
      );
      starts.set(key, [...(starts.get(key) ?? []), { seq, gaps }]);
    }
  }
  const reached = new Map<string, { readonly names: Set<string>; readonly seq: number; atMs: number }>();
  for (const { subscriber, event, atMs } of liveMessages(history)) {
    if (!subscriber.complete) continue;
    const key = sendKey(event);
    const entry = reached.get(key) ?? { names: new Set(), seq: event.seq, atMs: 0 };
    // A repeat of what it has is no later arrival.
    if (entry.names.has(subscriber.name)) continue;
    entry.names.add(subscriber.name);
    entry.atMs = Math.max(entry.atMs, atMs);
    reached.set(key, entry);
  }
  const arrivals = new Map<string, number>();
  for (const [key, { names, seq, atMs }] of reached) {
    const room = key.split("\n", 2).join("\n");
    // Who came to the room later found it in the history.
    const isTold = ({ fromSeq, toSeq }: RoomGapFrame) => fromSeq <= seq && seq <= toSeq;
    const due = (starts.get(room) ?? []).filter((start) => start.seq < seq && !start.gaps.some(isTold));
    if (names.size >= due.length) arrivals.set(key, atMs);
  }
  return arrivals;
}

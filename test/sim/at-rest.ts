import { isDeepStrictEqual } from "node:util";
import type { Topics } from "#shared/log/topics.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { EventRecord } from "#shared/protocol/records.ts";
import type { Store } from "#shared/store/store.ts";
import type { RoomAtRest, Seen, Subscriber, Violation } from "#test/history-checker/history.ts";
import type { RoomPlan } from "./cast.ts";
import type { MemoryLog } from "./engines/memory-log.ts";
import type { MemoryStore } from "./engines/memory-store.ts";

const everything = Number.MAX_SAFE_INTEGER;

/** What the store says of the rooms. */
export async function roomsAtRest(store: MemoryStore, rooms: readonly RoomPlan[]): Promise<RoomAtRest[]> {
  const atRest: RoomAtRest[] = [];
  for (const { tenantId, roomId } of rooms) {
    const [head] = await store.readHeads(tenantId, [roomId]);
    const rows = await store.readMessages(tenantId, roomId, { limit: everything });
    const messages = rows.map(({ message }) => message).reverse();
    const gone = store.gone(tenantId, roomId).map(({ message }) => message);
    gone.sort((a, b) => a.number - b.number);
    const past = { messages: gone, seq: head?.expired?.seq ?? 0 };
    atRest.push({ tenantId, roomId, seq: head?.seq ?? 0, messages, gone: past });
  }
  return atRest;
}

/** The events that are kept for catch-up, as one who reads them all: whole, and the same as were live. */
export async function keptEvents(store: Store, rooms: readonly RoomPlan[]): Promise<Subscriber[]> {
  const seen = new Map<string, Seen[]>();
  for (const { tenantId, roomId } of rooms) {
    const rows = await store.readEvents(tenantId, roomId, { afterSeq: 0, limit: everything });
    const frames = rows.map(({ event }): Seen => ({ atMs: 0, frame: event }));
    const [head] = await store.readHeads(tenantId, [roomId]);
    const gone = gapTo(roomId, 0, head?.expired?.seq ?? 0);
    seen.set(tenantId, [...(seen.get(tenantId) ?? []), ...gone, ...frames]);
  }
  return subscribers("the catch-up of", rooms, seen);
}

/**
 * A consumer of `events`, as webhooks are: it has each event of a room once and in order, as it passes over what comes
 * again. What comes again must be the same in every field.
 *
 * @param mayLackGone an owner was lost: one that died before it told of an event, which has gone since, tells it no more.
 */
export function consumerOfEvents(
  log: MemoryLog,
  topics: Topics,
  rooms: readonly RoomAtRest[],
  mayLackGone: boolean,
): { readonly subscribers: readonly Subscriber[]; readonly violations: readonly Violation[] } {
  const goneUpTo = new Map(
    rooms.map(({ tenantId, roomId, gone }) => [`${tenantId}/${roomId}`, mayLackGone ? (gone?.seq ?? 0) : 0]),
  );
  const seen = new Map<string, Seen[]>();
  const first = new Map<string, string>();
  const newest = new Map<string, number>();
  const violations: Violation[] = [];
  for (let partition = 0; partition < topics.partitions; partition++) {
    for (const { value, timestampMs: atMs } of log.records(topics.events, partition)) {
      const { event } = JSON.parse(value ?? "") as EventRecord;
      const { tenantId, roomId, seq } = event;
      const place = `${tenantId}/${roomId} ${seq}`;
      const known = first.get(place);
      if (known === undefined) first.set(place, value ?? "");
      else if (known !== value)
        violations.push({ invariant: "I4", message: `${place} came again as another` });
      const room = `${tenantId}/${roomId}`;
      const before = newest.get(room) ?? 0;
      if (seq <= before) continue;
      newest.set(room, seq);
      const gap = gapTo(roomId, before, Math.min(seq - 1, goneUpTo.get(room) ?? 0), atMs);
      seen.set(tenantId, [...(seen.get(tenantId) ?? []), ...gap, { atMs, frame: event as DurableEvent }]);
    }
  }
  return { subscribers: subscribers("the webhooks of", rooms, seen), violations };
}

/** Where something is missing up to there. */
function gapTo(roomId: string, after: number, toSeq: number, atMs = 0): Seen[] {
  if (after >= toSeq) return [];
  return [{ atMs, frame: { type: "room.gap", roomId, fromSeq: after + 1, toSeq } }];
}

function subscribers(
  who: string,
  rooms: readonly Pick<RoomPlan, "tenantId" | "roomId">[],
  seen: ReadonlyMap<string, readonly Seen[]>,
): Subscriber[] {
  return [...Map.groupBy(rooms, ({ tenantId }) => tenantId)].map(([tenantId, own]) => ({
    name: `${who} ${tenantId}`,
    tenantId,
    userId: "nobody",
    complete: true,
    sessions: [{ startSeq: new Map(own.map(({ roomId }) => [roomId, 0])), seen: seen.get(tenantId) ?? [] }],
  }));
}

/** What a message shows of reactions is what the last event of each key told, since it was said. */
export function* checkReactions(
  rooms: readonly RoomAtRest[],
  consumers: readonly Subscriber[],
): Generator<Violation> {
  for (const { tenantId, roomId, messages } of rooms) {
    const told = consumers
      .filter((consumer) => consumer.tenantId === tenantId)
      .flatMap(({ sessions }) => sessions.flatMap(({ seen }) => seen.map(({ frame }) => frame)));
    for (const { id, seq, reactions } of messages) {
      const last = new Map<string, { readonly count: number; readonly userIds: readonly string[] }>();
      for (const frame of told) {
        if (frame.type !== "reaction.added" && frame.type !== "reaction.removed") continue;
        if (frame.roomId !== roomId || frame.messageId !== id || frame.seq < seq) continue;
        if (frame.count === 0) last.delete(frame.key);
        else last.set(frame.key, { count: frame.count, userIds: frame.userIds });
      }
      const shown = Object.entries(reactions).map(([key, of]) => [key, of] as const);
      if (!isDeepStrictEqual(new Map(shown), last)) {
        yield { invariant: "I5", message: `${id} in ${roomId} shows other reactions than were told of it` };
      }
    }
  }
}

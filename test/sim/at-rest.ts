import type { Topics } from "#shared/log/topics.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { EventRecord } from "#shared/protocol/records.ts";
import type { Store } from "#shared/store/store.ts";
import type { RoomAtRest, Seen, Subscriber, Violation } from "#test/history-checker/history.ts";
import type { RoomPlan } from "./cast.ts";
import type { MemoryLog } from "./engines/memory-log.ts";

const everything = Number.MAX_SAFE_INTEGER;

/** What the store says of the rooms. */
export async function roomsAtRest(store: Store, rooms: readonly RoomPlan[]): Promise<RoomAtRest[]> {
  const atRest: RoomAtRest[] = [];
  for (const { tenantId, roomId } of rooms) {
    const [head] = await store.readHeads(tenantId, [roomId]);
    const rows = await store.readMessages(tenantId, roomId, { limit: everything });
    const messages = rows.map(({ message }) => message).reverse();
    atRest.push({ tenantId, roomId, seq: head?.seq ?? 0, messages });
  }
  return atRest;
}

/** The events that are kept for catch-up, as one who reads them all: whole, and the same as were live. */
export async function keptEvents(store: Store, rooms: readonly RoomPlan[]): Promise<Subscriber[]> {
  const seen = new Map<string, Seen[]>();
  for (const { tenantId, roomId } of rooms) {
    const rows = await store.readEvents(tenantId, roomId, { afterSeq: 0, limit: everything });
    const frames = rows.map(({ event }): Seen => ({ atMs: 0, frame: event }));
    seen.set(tenantId, [...(seen.get(tenantId) ?? []), ...frames]);
  }
  return subscribers("the catch-up of", rooms, seen);
}

/**
 * A consumer of `events`, as webhooks are: it has each event of a room once and in order, as it passes over what comes
 * again. What comes again must be the same in every field.
 */
export function consumerOfEvents(
  log: MemoryLog,
  topics: Topics,
  rooms: readonly RoomPlan[],
): { readonly subscribers: readonly Subscriber[]; readonly violations: readonly Violation[] } {
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
      if (seq <= (newest.get(`${tenantId}/${roomId}`) ?? 0)) continue;
      newest.set(`${tenantId}/${roomId}`, seq);
      seen.set(tenantId, [...(seen.get(tenantId) ?? []), { atMs, frame: event as DurableEvent }]);
    }
  }
  return { subscribers: subscribers("the webhooks of", rooms, seen), violations };
}

function subscribers(
  who: string,
  rooms: readonly RoomPlan[],
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

import { Registry } from "prom-client";
import { type Clock, systemClock, type Timers } from "#shared/clock.ts";
import type { DeadRecord } from "#shared/dead-letters/letter-records.ts";
import type { Batch, LogRecord, NewRecord } from "#shared/log/log.ts";
import { topicsOf } from "#shared/log/topics.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import type { DeliveryItem, DeliveryRecord, EventRecord } from "#shared/protocol/records.ts";
import type { RoomWrite, Store } from "#shared/store/store.ts";
import { Lane } from "../lane/lane.ts";
import { MessageRows } from "../lane/message-rows.ts";
import { Turns } from "../lane/turns.ts";
import { createFanoutMetrics } from "../metrics.ts";

export const topics = topicsOf({ prefix: "", partitions: 1, inboxPartitions: 1 });
const at = "2026-01-01T00:00:00.000Z";
export const base = { v: 1 as const, tenantId: "acme", roomId: "trip_1", at };
export const gateway = { inbox: "gateway-1", partition: 0 };
export const ingest = { inbox: "ingest-1", partition: 0, requestId: "r" };

export const makeRoom: RoomCommand = {
  ...base,
  type: "room.put",
  actor: { kind: "server", userId: null },
  roomType: "direct",
  members: [
    { userId: "ann", role: "member" },
    { userId: "bob", role: "member" },
  ],
};

export function send(clientId: string, more: Partial<RoomCommand> = {}): RoomCommand {
  return {
    ...base,
    type: "message.create",
    actor: { kind: "client", userId: "ann" },
    messageId: messageIdFor({ tenantId: "acme", roomId: "trip_1", senderId: "ann", clientId }),
    clientId,
    kind: "text",
    body: `says ${clientId}`,
    attachments: [],
    mentions: [],
    replyToId: null,
    custom: null,
    silent: false,
    ...more,
  } as RoomCommand;
}

export function batchOf(topic: string, firstOffset: number, values: readonly (object | string)[]): Batch {
  const records = values.map((value, i): LogRecord => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return { offset: firstOffset + i, key: "acme/trip_1", value: text, timestampMs: 0 };
  });
  return { topic, partition: 0, records, behind: 0 };
}

export const commands = (firstOffset: number, values: readonly (RoomCommand | string)[]) =>
  batchOf(topics.commands, firstOffset, values);

/** A lane as a new owner of the partition has it, and what it emits. */
export function owner(
  store: Store,
  failures: {
    writes?: number;
    appends?: number;
    heads?: Promise<void>;
    clock?: Clock & Timers;
    /** Awaited before each of these steps. */
    before?: (step: "persist" | "emit") => Promise<void>;
  } = {},
) {
  const letters: DeadRecord[] = [];
  const left = { writes: 0, appends: 0, ...failures };
  const emitted: NewRecord[] = [];
  const written: RoomWrite[] = [];
  const lane = new Lane(
    {
      topics,
      metrics: createFanoutMetrics(new Registry(), () => []),
      logger: { error: () => undefined },
      clock: failures.clock ?? systemClock,
      turns: new Turns(),
      messages: new MessageRows(),
      deadLetters: { add: async (_, dead) => void letters.push(...dead) },
      store: {
        ...bind(store),
        readHeads: async (tenantId, roomIds) => {
          await failures.heads;
          return await store.readHeads(tenantId, roomIds);
        },
        writeRooms: async (writes) => {
          await failures.before?.("persist");
          if (left.writes-- > 0) throw new Error("the store is away");
          written.push(...writes);
          await store.writeRooms(writes);
        },
      },
      log: {
        append: async (records) => {
          await failures.before?.("emit");
          if (left.appends-- > 0) throw new Error("the log is away");
          emitted.push(...records);
          return records.map(() => ({ partition: 0, offset: 0 }));
        },
      },
    },
    { partition: 0, epoch: 1 },
  );
  const events = () =>
    emitted
      .filter(({ topic }) => topic === topics.events)
      .map(({ value }) => (JSON.parse(value ?? "") as EventRecord).event);
  const items = (): DeliveryItem[] =>
    emitted
      .filter(({ topic }) => topic === topics.deliveries)
      .flatMap(({ value }) => (JSON.parse(value ?? "") as DeliveryRecord).items);
  return { lane, emitted, written, letters, events, items };
}

/** A store whose methods can be spread. */
function bind(of: Store): Store {
  return new Proxy({} as Store, {
    ownKeys: () => Reflect.ownKeys(of),
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    get: (_, name) => {
      const value: unknown = Reflect.get(of, name);
      return typeof value === "function" ? value.bind(of) : value;
    },
  });
}

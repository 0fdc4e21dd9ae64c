import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DeadRecord } from "#shared/dead-letters/letter-records.ts";
import { openDatabase } from "#shared/embedded/database.ts";
import { heartbeatKey, interestKey, roomChannel } from "#shared/inbox/channel.ts";
import { limits } from "#shared/limits.ts";
import type { Batch, LogRecord, NewRecord } from "#shared/log/log.ts";
import { topicsOf } from "#shared/log/topics.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import type { DeliveryItem, DeliveryRecord, EventRecord } from "#shared/protocol/records.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import type { RoomWrite, Store } from "#shared/store/store.ts";
import { createFanoutMetrics } from "../metrics.ts";
import { Lane } from "./lane.ts";

const topics = topicsOf({ prefix: "", partitions: 1, inboxPartitions: 1 });
const at = "2026-01-01T00:00:00.000Z";
const base = { v: 1 as const, tenantId: "acme", roomId: "trip_1", at };
const gateway = { inbox: "gateway-1", partition: 0 };
const ingest = { inbox: "ingest-1", partition: 0, requestId: "r" };

const makeRoom: RoomCommand = {
  ...base,
  type: "room.put",
  actor: { kind: "server", userId: null },
  roomType: "direct",
  members: [
    { userId: "ann", role: "member" },
    { userId: "bob", role: "member" },
  ],
};

function send(clientId: string, more: Partial<RoomCommand> = {}): RoomCommand {
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

function batchOf(topic: string, firstOffset: number, values: readonly (object | string)[]): Batch {
  const records = values.map((value, i): LogRecord => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return { offset: firstOffset + i, key: "acme/trip_1", value: text, timestampMs: 0 };
  });
  return { topic, partition: 0, records, behind: 0 };
}

const commands = (firstOffset: number, values: readonly (RoomCommand | string)[]) =>
  batchOf(topics.commands, firstOffset, values);

let store: Store;

beforeEach(() => {
  store = createEmbeddedStore({ database: openDatabase(":memory:") });
});
afterEach(() => store.close());

/** A lane as a new owner of the partition has it, and what it emits. */
function owner(failures: { writes?: number; appends?: number } = {}) {
  const left = { writes: 0, appends: 0, ...failures };
  const emitted: NewRecord[] = [];
  const written: RoomWrite[] = [];
  const letters: DeadRecord[] = [];
  const lane = new Lane(
    {
      topics,
      metrics: createFanoutMetrics(new Registry()),
      deadLetters: { add: async (_, dead) => void letters.push(...dead) },
      store: {
        ...bind(store),
        writeRooms: async (writes) => {
          if (left.writes-- > 0) throw new Error("the store is away");
          written.push(...writes);
          await store.writeRooms(writes);
        },
      },
      log: {
        append: async (records) => {
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

const seqs = (events: readonly { seq: number }[]) => events.map(({ seq }) => seq);

describe("an owner that ends in the middle of a batch", () => {
  const given = [makeRoom, send("1"), send("2"), send("2"), send("3")];

  test("between persist and emit: the next owner emits what the history has, in the same places", async () => {
    const first = owner({ appends: 1 });
    await expect(first.lane.process(commands(0, given))).rejects.toThrow("the log is away");
    const next = owner();
    await next.lane.process(commands(0, given));

    expect(seqs(next.events())).toEqual([1, 2, 3, 4]);
    const history = await store.readEvents("acme", "trip_1", { afterSeq: 0, limit: 100 });
    expect(next.events()).toEqual(history.map(({ event }) => event));
    expect(await store.readMessages("acme", "trip_1", { limit: 100 })).toHaveLength(3);
  });

  test("between emit and commit: everything comes again, the same, and nothing new", async () => {
    const first = owner();
    await first.lane.process(commands(0, given));
    const next = owner();
    await next.lane.process(commands(0, [...given, send("4")]));

    expect(next.events().slice(0, 4)).toEqual(first.events());
    expect(seqs(next.events())).toEqual([1, 2, 3, 4, 5]);
  });

  test("before persist: the same batch, tried again by the same owner, leaves no hole", async () => {
    const { lane, events } = owner({ writes: 1 });
    await expect(lane.process(commands(0, given))).rejects.toThrow("the store is away");
    await lane.process(commands(0, given));
    expect(seqs(events())).toEqual([1, 2, 3, 4]);
  });

  test("between persist and emit, in a room with more messages than are in memory: none is taken for its own repeat", async () => {
    const { lane, events } = owner();
    const many = Array.from({ length: limits.recentMessageIdsMax + 50 }, (_, i) => send(`m${i}`));
    await lane.process(commands(0, [makeRoom, ...many]));
    const warm = owner({ appends: 1 });
    const batch = commands(400, [send("a"), send("b")]);
    await expect(warm.lane.process(batch)).rejects.toThrow("the log is away");
    await warm.lane.process(batch);
    expect(seqs(warm.events())).toEqual([many.length + 2, many.length + 3]);

    // The same, when the room was in memory at the first try and the history was written behind its back.
    await owner().lane.process(commands(402, [send("c")]));
    await lane.process(commands(400, [send("a"), send("b"), send("c"), send("d")]));
    expect(seqs(events()).slice(-4)).toEqual([2, 3, 4, 5].map((n) => many.length + n));
    expect(await store.readMessages("acme", "trip_1", { limit: 4 })).toMatchObject(
      ["d", "c", "b", "a"].map((clientId) => ({ message: { clientId } })),
    );
  });

  test("a message that was refused is refused again, whatever the room has become since", async () => {
    const patch = (state: "open" | "frozen"): RoomCommand => ({
      ...base,
      type: "room.patch",
      actor: { kind: "server", userId: null },
      state,
    });
    const all = [makeRoom, patch("frozen"), send("1", { replyTo: ingest }), patch("open")];
    await owner({ appends: 1 })
      .lane.process(commands(0, all))
      .catch(() => undefined);
    const next = owner();
    await next.lane.process(commands(0, all));
    expect(next.items()).toMatchObject([{ outcome: { result: "refused" } }]);
    expect(await store.readMessages("acme", "trip_1", { limit: 1 })).toEqual([]);
  });

  test("an answer that was lost with it is given by the next", async () => {
    const replyTo = ingest;
    await owner({ appends: 1 })
      .lane.process(commands(0, [makeRoom, send("1", { replyTo })]))
      .catch(() => undefined);
    const next = owner();
    await next.lane.process(commands(0, [makeRoom, send("1", { replyTo })]));
    expect(next.items()).toMatchObject([
      {
        type: "reply",
        requestId: "r",
        outcome: { result: "existing", resource: { clientId: "1", number: 1 } },
      },
    ]);
  });

  test("an owner that does not know that it was replaced changes nothing", async () => {
    const stale = owner();
    await stale.lane.process(commands(0, [makeRoom]));
    const next = owner();
    await next.lane.process(commands(0, [makeRoom, send("1"), send("2"), send("3")]));
    const before = await store.loadRoom("acme", "trip_1");
    await stale.lane.process(commands(1, [send("1"), send("2")]));
    expect(await store.loadRoom("acme", "trip_1")).toEqual(before);
    expect(stale.events().slice(1)).toEqual(next.events().slice(1, 3));
  });
});

describe("a room that closes", () => {
  const patch = (state: "open" | "frozen" | "closed"): RoomCommand => ({
    ...base,
    type: "room.patch",
    actor: { kind: "server", userId: null },
    state,
  });

  test("moves in its members' lists, and is set right in them when it opened again in the same batch", async () => {
    const { lane, written } = owner();
    await lane.process(commands(0, [makeRoom]));
    await lane.process(commands(1, [patch("closed")]));
    await lane.process(commands(2, [patch("open"), patch("closed"), patch("open")]));
    await lane.process(commands(5, [send("1")]));
    expect(written.map(({ listing }) => listing?.open ?? null)).toEqual([null, false, true, null]);
    expect(await store.listOpenRooms("acme", "ann")).toHaveLength(1);
  });

  test("is in its members' lists again, and they are told, when it is frozen after", async () => {
    const { lane, emitted } = owner();
    await lane.process(commands(0, [makeRoom, patch("closed")]));
    const told = () => emitted.filter(({ topic }) => topic === topics.commands).length;
    const before = told();
    await lane.process(commands(2, [patch("frozen")]));
    expect(await store.listOpenRooms("acme", "ann")).toHaveLength(1);
    expect(told() - before).toBe(2);
  });
});

describe("a repeat", () => {
  test("is answered with the original, however old, and makes nothing", async () => {
    const { lane } = owner();
    const many = Array.from({ length: limits.recentMessageIdsMax + 50 }, (_, i) => send(`m${i}`));
    await lane.process(commands(0, [makeRoom, ...many]));
    const later = owner();
    await later.lane.process(commands(1_000, [send("m0", { replyTo: ingest })]));
    expect(later.events()).toEqual([]);
    expect(later.items()).toMatchObject([{ outcome: { result: "existing", resource: { number: 1 } } }]);
  });
});

describe("what nobody can read", () => {
  test("becomes a dead letter, and what comes after it is applied", async () => {
    const { lane, events, letters } = owner();
    await lane.process(commands(0, [makeRoom, "{", '{"type":"no.such"}', send("1")]));
    expect(seqs(events())).toEqual([1, 2]);
    expect(letters.map(({ record }) => record.offset)).toEqual([1, 2]);
  });
});

describe("interest", () => {
  const channel = roomChannel("acme", "trip_1");
  const interest = { ...batchOf(topics.interest, 0, [{ v: 1, type: "interest", ...channel, ...gateway }]) };

  test("is acknowledged with the room's seq, and from then on everything is delivered", async () => {
    const { lane, items } = owner();
    await lane.process(commands(0, [makeRoom, send("1")]));
    await lane.caughtUp();
    await lane.process(interest);
    await lane.process(commands(2, [send("2")]));
    expect(items()).toMatchObject([
      { type: "interest.ack", id: "trip_1", seq: 2 },
      { type: "event", event: { seq: 3 } },
    ]);
  });

  test("that was there before the owner is told where the room stands", async () => {
    await owner().lane.process(commands(0, [makeRoom, send("1")]));
    const { lane, items } = owner();
    await lane.process(interest);
    expect(items()).toEqual([]);
    await lane.caughtUp();
    expect(items()).toMatchObject([{ type: "interest.ack", seq: 2 }]);
  });

  test("ends by its tombstone", async () => {
    const { lane, items } = owner();
    await lane.caughtUp();
    await lane.process(interest);
    const tombstone = { offset: 1, key: interestKey(channel, gateway.inbox), value: null, timestampMs: 0 };
    await lane.process({ ...interest, records: [tombstone] });
    await lane.process(commands(0, [makeRoom]));
    expect(items().map(({ type }) => type)).toEqual(["interest.ack"]);
  });

  const beat = (inbox: string, timestampMs: number, channels: number) => {
    const value = JSON.stringify({ v: 1, type: "heartbeat", inbox, partition: 0, channels });
    return { ...interest, records: [{ offset: 1, key: heartbeatKey(inbox), value, timestampMs }] };
  };

  test("of a gateway that has been silent too long, by the log's own time, is ended in the log", async () => {
    const { lane, emitted } = owner();
    await lane.caughtUp();
    await lane.process(interest);
    const endedKeys = () => emitted.filter(({ topic }) => topic === topics.interest).map(({ key }) => key);
    await lane.process(beat(gateway.inbox, limits.inboxSilenceMsMax - 1, 1));
    await lane.process(beat("gateway-2", 2 * limits.inboxSilenceMsMax - 1, 0));
    expect(endedKeys()).toEqual([]);
    await lane.process(beat("gateway-2", 2 * limits.inboxSilenceMsMax, 0));
    expect(endedKeys()).toEqual([interestKey(channel, gateway.inbox), heartbeatKey(gateway.inbox)]);
  });

  test("that is not all there, by the count of a heartbeat, is asked for again", async () => {
    const { lane, items } = owner();
    await lane.caughtUp();
    await lane.process(interest);
    await lane.process(beat(gateway.inbox, 1, 1));
    await lane.process(beat(gateway.inbox, 2, 3));
    expect(items().slice(1)).toEqual([{ type: "interest.lost", partition: 0 }]);
  });
});

describe("a refused send", () => {
  test("that was acknowledged on append is told to its sender", async () => {
    const { lane, items } = owner();
    await lane.caughtUp();
    await lane.process(commands(0, [makeRoom]));
    const channel = roomChannel("acme", "trip_1");
    await lane.process(batchOf(topics.interest, 0, [{ v: 1, type: "interest", ...channel, ...gateway }]));
    await lane.process(
      commands(1, [send("1", { actor: { kind: "client", userId: "eve" } } as Partial<RoomCommand>)]),
    );
    expect(items().at(-1)).toMatchObject({
      type: "transient",
      to: "user",
      event: { type: "message.rejected", userId: "eve", clientId: "1", error: { code: "not_a_member" } },
    });
  });
});

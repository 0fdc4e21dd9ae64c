import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import { roomChannel } from "#shared/inbox/channel.ts";
import { limits } from "#shared/limits.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import type { Store } from "#shared/store/store.ts";
import {
  base,
  batchOf,
  commands,
  gateway,
  ingest,
  makeRoom,
  owner as ownerOn,
  send,
  topics,
} from "../testing/owner.ts";

let store: Store;
const owner = (failures?: Parameters<typeof ownerOn>[1]) => ownerOn(store, failures);

beforeEach(() => {
  store = createEmbeddedStore({ database: openDatabase(":memory:") });
});
afterEach(() => store.close());

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

test("a marker at what was the newest message counts right, also by an owner that has just come", async () => {
  await owner().lane.process(commands(0, [makeRoom, send("1"), send("2")]));
  const read: RoomCommand = {
    ...base,
    type: "room.read",
    actor: { kind: "client", userId: "bob" },
    userId: "bob",
    number: 2,
  };
  await owner().lane.process(commands(3, [send("3"), read]));
  const bob = await store.readMember("acme", "trip_1", "bob");
  expect(bob).toMatchObject({ readNumber: 2, readCountable: 2 });
});

describe("what nobody can read", () => {
  test("becomes a dead letter, and what comes after it is applied", async () => {
    const { lane, events, letters } = owner();
    await lane.process(commands(0, [makeRoom, "{", '{"type":"no.such"}', send("1")]));
    expect(seqs(events())).toEqual([1, 2]);
    expect(letters.map(({ record }) => record.offset)).toEqual([1, 2]);
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

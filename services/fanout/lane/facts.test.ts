import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import type { Store } from "#shared/store/store.ts";
import { base, commands, ingest, makeRoom, owner, send } from "../testing/owner.ts";

let store: Store;
beforeEach(() => {
  store = createEmbeddedStore({ database: openDatabase(":memory:") });
});
afterEach(() => store.close());

const [ann, bob] = ["ann", "bob"].map((userId) => ({ kind: "client" as const, userId }));
const server = { kind: "server" as const, userId: null };

const idOf = (clientId: string) => (send(clientId) as RoomCommand & { messageId: string }).messageId;
const edit = (clientId: string, body: string) =>
  ({
    ...base,
    type: "message.update",
    actor: ann,
    messageId: idOf(clientId),
    body,
    withinSeconds: null,
  }) as RoomCommand;
const react = (clientId: string, key: string) =>
  ({
    ...base,
    type: "reaction.add",
    actor: bob,
    userId: "bob",
    messageId: idOf(clientId),
    key,
    onePerUser: false,
  }) as RoomCommand;
const erase = (clientId: string) =>
  ({
    ...base,
    type: "message.delete",
    actor: server,
    messageId: idOf(clientId),
    hard: true,
    ownersMay: true,
    withinSeconds: null,
  }) as RoomCommand;

/** How often messages and heads were read, by an owner over this store. */
function watched() {
  const reads: string[] = [];
  const watching = new Proxy(store, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function" || !/^(read|find)/.test(String(name))) return value;
      return (...asked: unknown[]) => {
        reads.push(String(name));
        return value.apply(target, asked);
      };
    },
  });
  const { lane } = owner(watching);
  let position = 0;
  const process = async (...given: RoomCommand[]) => {
    reads.length = 0;
    await lane.process(commands(position, given));
    position += given.length;
    return [...reads];
  };
  return { lane, process };
}

const messageNow = async (clientId: string) =>
  (await store.readMessage("acme", "trip_1", idOf(clientId)))?.message;

test("who changes, reacts to or replies to what was said a while ago is answered from memory", async () => {
  const { process } = watched();
  await process(makeRoom, ...["1", "2", "3", "4"].map((id) => send(id)));
  expect(await process(react("1", "heart"))).toEqual([]);
  expect(await process(edit("2", "another"))).toEqual([]);
  // It shows what the other says: whether that is still so, the store is asked.
  expect(await process(send("5", { replyToId: idOf("1") }))).toEqual(["readHeads"]);
  expect(await process(react("1", "star"))).toEqual([]);
  expect(await process(edit("1", "changed"))).toEqual([]);
  expect(await messageNow("1")).toMatchObject({
    body: "changed",
    thread: { count: 1 },
    reactions: { heart: { count: 1 }, star: { count: 1 } },
  });
});

test("what was read of an older message is in memory from then on, and nothing of a room that was loaded again", async () => {
  const first = watched();
  await first.process(makeRoom, ...["1", "2", "3"].map((id) => send(id)));
  const { lane, process } = watched();
  const skipped = [makeRoom, ...["1", "2", "3"].map((id) => send(id))];
  await process(...skipped);
  expect(await process(react("1", "heart"))).toContain("readMessage");
  expect(await process(react("1", "star"))).toEqual([]);
  await first.lane.process(commands(4, [react("1", "heart"), react("1", "star"), react("1", "sun")]));
  lane.forgetRooms();
  expect(await process(send("4"), react("1", "moon"))).toContain("readMessage");
  expect(Object.keys((await messageNow("1"))?.reactions ?? {})).toEqual(["heart", "star", "sun", "moon"]);
});

test("an owner that is behind and is asked to delete what another has deleted, says what that one said", async () => {
  const said = [makeRoom, send("1"), edit("1", "changed"), send("2")];
  const stale = owner(store);
  await stale.lane.process(commands(0, said));
  const next = owner(store);
  await next.lane.process(commands(said.length, [erase("1")]));
  await stale.lane.process(commands(said.length, [erase("1")]));
  expect(stale.events().at(-1)).toEqual(next.events().at(-1));
  expect(stale.events().at(-1)).toMatchObject({ emptied: [{ seq: 2 }, { seq: 3 }] });
});

test("an owner that is behind shows nothing in a reply of what another has deleted since", async () => {
  const said = [makeRoom, send("1"), send("2")];
  const reply = send("3", { replyToId: idOf("1") });
  const stale = owner(store);
  await stale.lane.process(commands(0, said));
  await owner(store).lane.process(commands(said.length, [reply, erase("1")]));
  const before = stale.events().length;
  await stale.lane.process(commands(said.length, [reply]));
  const told = stale.events().slice(before);
  expect(told).toMatchObject([{ type: "message.created", body: "says 3" }]);
  expect(JSON.stringify(told)).not.toContain("says 1");
});

test("a message that is too old has left memory as well", async () => {
  const { process } = watched();
  await process(makeRoom, send("1"), send("2"), send("3"));
  const expire = { ...base, type: "messages.expire", actor: server, number: 2 } as unknown as RoomCommand;
  await process(expire);
  expect(await process(edit("2", "changed"))).toContain("readMessage");
  expect(await messageNow("2")).toBeUndefined();
});

test("an owner that is behind makes nothing new of what repeats a message that has gone since, and tells nobody of it", async () => {
  const many = Array.from({ length: limits.recentMessageIdsMax + 20 }, (_, i) => send(`${i}`));
  const said = [makeRoom, ...many];
  const [stale, staler] = [owner(store), owner(store)];
  await stale.lane.process(commands(0, said));
  await staler.lane.process(commands(0, said));
  const repeats = ["0", "40"].map((clientId) => ({ ...send(clientId), replyTo: ingest }) as RoomCommand);
  const expire = { ...base, type: "messages.expire", actor: server, number: 100 } as unknown as RoomCommand;
  const next = owner(store);
  await next.lane.process(commands(said.length, [...repeats, expire]));
  const answers = next.items().filter(({ type }) => type === "reply");
  expect(answers).toMatchObject([{ outcome: { result: "existing" } }, { outcome: { result: "existing" } }]);

  const kept = await store.loadRoom("acme", "trip_1");
  const before = stale.events().length;
  // One is known to it by the store alone, the other is in its memory.
  for (const [i, repeat] of repeats.entries()) {
    const { lane, items } = i === 0 ? stale : staler;
    await lane.process(commands(said.length + i, [repeat]));
    expect(items().filter(({ type }) => type !== "event")).toEqual([]);
  }
  expect([stale.events().length, staler.events().length]).toEqual([before, before]);
  expect(await store.loadRoom("acme", "trip_1")).toEqual(kept);
});

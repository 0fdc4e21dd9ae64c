import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import { unreadFor } from "#shared/store/shown.ts";
import type { Store } from "#shared/store/store.ts";
import { base, commands, ingest, makeRoom, owner, send } from "../testing/owner.ts";

let store: Store;
beforeEach(() => {
  store = createEmbeddedStore({ database: openDatabase(":memory:") });
});
afterEach(() => store.close());

const server = { kind: "server", userId: null } as const;
const idOf = (clientId: string) =>
  messageIdFor({ tenantId: "acme", roomId: "trip_1", senderId: "ann", clientId });
const expire = (number: number, at = base.at): RoomCommand => ({
  ...base,
  at,
  type: "messages.expire",
  actor: server,
  number,
});
const edit = (clientId: string, body: string): RoomCommand => ({
  ...base,
  type: "message.update",
  actor: server,
  messageId: idOf(clientId),
  body,
  withinSeconds: null,
});
const pin = (clientId: string): RoomCommand => {
  return { ...base, type: "message.pin", actor: server, messageId: idOf(clientId) };
};
const said = [makeRoom, send("1"), send("2"), send("3"), pin("1"), pin("3"), edit("1", "later secret")];
const headOf = async () => (await store.readHeads("acme", ["trip_1"]))[0];

test("what told of messages that go is told no more, also by events that come after them, which webhooks empty", async () => {
  const { lane, events } = owner(store);
  await lane.process(commands(0, said));
  await lane.process(commands(10, [expire(2)]));
  const kept = await store.readEvents("acme", "trip_1", { afterSeq: 0, limit: 100 });
  expect(kept.map(({ event }) => event.seq)).toEqual([4, 5, 6, 7, 8]);
  expect(JSON.stringify(kept)).not.toContain("secret");
  expect(JSON.stringify(kept)).toContain("says 3");
  const at = base.at;
  const emptied = [2, 7, 3].map((seq) => ({ seq, at }));
  expect(events().at(-1)).toMatchObject({ type: "messages.expired", number: 2, countable: 2, emptied });
  expect(await headOf()).toMatchObject({ pinned: [{ messageId: idOf("3") }], lastMessage: { number: 3 } });
});

test("it is no activity of the room, and time goes on from it", async () => {
  const { lane, events } = owner(store);
  await lane.process(commands(0, said));
  const before = (await headOf())?.updatedAt;
  const later = "2026-01-02T00:00:00.000Z";
  await lane.process(commands(10, [expire(3, later)]));
  expect(await headOf()).toMatchObject({ updatedAt: before, lastMessage: null, number: 3 });
  await lane.process(commands(11, [send("4")]));
  expect(events().slice(-2)).toMatchObject([{ at: later }, { at: later, number: 4 }]);
});

test("the same again changes nothing, and one past the newest lets go what there is", async () => {
  const { lane, events } = owner(store);
  await lane.process(commands(0, said));
  await lane.process(commands(10, [expire(2), expire(2), expire(1), expire(90), expire(90)]));
  expect(
    events()
      .slice(-2)
      .map((event) => ("number" in event ? event.number : null)),
  ).toEqual([2, 3]);
});

test("what was let go is known no more: a repeat of it is new, and nothing else finds it", async () => {
  const { lane, items } = owner(store);
  await lane.process(commands(0, said));
  const replyTo = ingest;
  const reply = send("5", { replyToId: idOf("1"), replyTo });
  await lane.process(
    commands(10, [expire(2), { ...edit("1", "back"), replyTo }, reply, send("2", { replyTo })]),
  );
  expect(items()).toMatchObject([
    { outcome: { result: "refused", code: "message_not_found" } },
    { outcome: { result: "refused", code: "message_not_found" } },
    { outcome: { result: "created", resource: { number: 4, id: idOf("2") } } },
  ]);
  expect((await store.readMessage("acme", "trip_1", idOf("2")))?.message.number).toBe(4);
});

async function everythingKept() {
  const events = await store.readEvents("acme", "trip_1", { afterSeq: 0, limit: 100 });
  return JSON.stringify([await store.loadRoom("acme", "trip_1"), events]);
}

test("of a deleted room nothing that anybody wrote is left when all its messages have gone", async () => {
  const { lane } = owner(store);
  const named = { ...makeRoom, name: "secret", custom: { secret: 1 } } as RoomCommand;
  await lane.process(commands(0, [named, ...said.slice(1), { ...base, type: "room.delete", actor: server }]));
  await lane.process(commands(10, [expire(2)]));
  expect((await headOf())?.name).toBe("secret");
  await lane.process(commands(11, [expire(3)]));
  expect(await everythingKept()).not.toContain("secret");
});

test("a thread goes on when what it began with has gone, and only what is gone cannot be replied to", async () => {
  const { lane, events, items } = owner(store);
  const reply = (clientId: string, to: string) => send(clientId, { replyToId: idOf(to), replyTo: ingest });
  await lane.process(commands(0, [makeRoom, send("1"), reply("2", "1"), reply("3", "1")]));
  await lane.process(commands(10, [expire(2)]));
  await lane.process(commands(11, [reply("4", "3"), reply("5", "4"), reply("6", "2")]));
  const thread = { threadId: idOf("1"), threadCount: null };
  expect(events().slice(-2)).toMatchObject([
    { ...thread, number: 4, replyToId: idOf("3"), replyTo: { messageId: idOf("3") } },
    { ...thread, number: 5, replyToId: idOf("4") },
  ]);
  expect(items().at(-1)).toMatchObject({ outcome: { result: "refused", code: "message_not_found" } });
  const kept = await store.readThread("acme", "trip_1", { rootId: idOf("1"), limit: 9 });
  expect(kept.map(({ message }) => message.number)).toEqual([5, 4, 3]);
  await lane.process(commands(20, [expire(5)]));
  expect(await store.readThread("acme", "trip_1", { rootId: idOf("1"), limit: 9 })).toEqual([]);
});

test.each([
  ["never had a message", [], 0],
  ["was deleted after its last message went", [send("1"), expire(1)], 1],
] as const)("nor is anything left of one that %s", async (_which, past, number) => {
  const { lane } = owner(store);
  const named = { ...makeRoom, name: "secret", custom: { secret: 1 } } as RoomCommand;
  await lane.process(commands(0, [named]));
  for (const [i, command] of past.entries()) await lane.process(commands(10 + i, [command]));
  await lane.process(commands(20, [expire(number)]));
  expect((await headOf())?.name).toBe("secret");
  await lane.process(commands(30, [{ ...base, type: "room.delete", actor: server }]));
  await lane.process(commands(31, [expire(number), expire(number)]));
  expect(await everythingKept()).not.toContain("secret");
  const next = owner(store);
  await next.lane.process(commands(31, [expire(number), expire(number)]));
  expect(next.letters).toEqual([]);
});

test("a room that was opened again, or has closed again since, is not deleted as one that was closed", async () => {
  const { lane } = owner(store);
  const at = (second: number) => `2026-01-03T00:00:0${second}.000Z`;
  const move = (second: number, state: "closed" | "open"): RoomCommand => {
    return { ...base, at: at(second), type: "room.patch", actor: server, state };
  };
  const remove = (closedAt: string): RoomCommand => {
    return { ...base, at: at(9), type: "room.delete", actor: server, closedAt };
  };
  await lane.process(commands(0, [makeRoom, move(1, "closed"), move(2, "open"), remove(at(1))]));
  expect(await headOf()).toMatchObject({ deleted: false, state: "open" });
  await lane.process(commands(10, [move(3, "closed"), remove(at(1))]));
  expect(await headOf()).toMatchObject({ deleted: false, closedAt: at(3) });
  await lane.process(commands(20, [remove(at(3))]));
  expect(await headOf()).toMatchObject({ deleted: true });
});

/** A group in which bob blocks ann. */
const blocking: RoomCommand[] = [
  {
    ...makeRoom,
    roomType: "group",
    members: ["ann", "bob", "cem"].map((userId) => ({ userId })),
  } as RoomCommand,
  { ...base, type: "member.settings", actor: server, userId: "bob", block: ["ann"] },
];
const by = (userId: string, clientId: string, more: Partial<RoomCommand> = {}) =>
  send(clientId, {
    actor: { kind: "client", userId },
    messageId: messageIdFor({ tenantId: "acme", roomId: "trip_1", senderId: userId, clientId }),
    ...more,
  } as Partial<RoomCommand>);
async function unreadOfBob() {
  const [row] = await store.readMemberships("acme", "bob", ["trip_1"]);
  return row?.member == null ? null : unreadFor(row.head, row.member);
}

test("what a member blocks after what goes counts for it as little as before", async () => {
  const { lane } = owner(store);
  await lane.process(
    commands(0, [...blocking, by("cem", "1"), by("cem", "2"), by("ann", "3"), by("ann", "4")]),
  );
  expect(await unreadOfBob()).toBe(2);
  await lane.process(commands(10, [expire(1)]));
  expect(await unreadOfBob()).toBe(1);
  await lane.process(commands(11, [expire(2)]));
  expect(await unreadOfBob()).toBe(0);
});

test("a member that sets itself back to where all before is gone has unread what counts since", async () => {
  const { lane } = owner(store);
  const back = { ...base, actor: server, userId: "bob" };
  const read: RoomCommand = { ...back, type: "room.read", number: 4 };
  const unread: RoomCommand = { ...back, type: "room.unread", number: 1 };
  await lane.process(commands(0, [...blocking, by("cem", "1"), by("cem", "2")]));
  await lane.process(commands(10, [expire(2)]));
  await lane.process(commands(11, [by("ann", "3", { silent: true } as object), by("cem", "4"), read]));
  expect(await unreadOfBob()).toBe(0);
  await lane.process(commands(20, [unread]));
  expect(await unreadOfBob()).toBe(1);
});

test.each(["persist", "emit"] as const)(
  "an owner that dies before it could %s leaves it to the next",
  async (step) => {
    const first = owner(store, { before: async (now) => assertNot(now === step && isExpiring) });
    let isExpiring = false;
    await first.lane.process(commands(0, said));
    isExpiring = true;
    await expect(first.lane.process(commands(10, [expire(2)]))).rejects.toThrow("died");
    const next = owner(store);
    await next.lane.process(commands(10, [expire(2), send("4")]));
    expect(next.events().map(({ type, seq }) => [type, seq])).toEqual([
      ["messages.expired", 8],
      ["message.created", 9],
    ]);
  },
);

function assertNot(dies: boolean): void {
  if (dies) throw new Error("died");
}

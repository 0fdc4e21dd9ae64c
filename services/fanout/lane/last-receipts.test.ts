import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import { roomChannel } from "#shared/inbox/channel.ts";
import type { MarkerCommand } from "#shared/protocol/commands.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import type { Store } from "#shared/store/store.ts";
import { base, batchOf, commands, gateway, makeRoom, owner, send, topics } from "../testing/owner.ts";

let store: Store;
beforeEach(() => {
  store = createEmbeddedStore({ database: openDatabase(":memory:") });
});
afterEach(() => store.close());

const mark = (type: MarkerCommand["type"], number: number): MarkerCommand => ({
  ...base,
  type,
  actor: { kind: "client", userId: "bob" },
  userId: "bob",
  number,
});

/** What one batch of Bob's markers tells, in a room where Ann has said four things. */
async function told(...markers: readonly MarkerCommand[]): Promise<string[]> {
  const { lane, items } = owner(store);
  await lane.caughtUp();
  const interest = { v: 1, type: "interest", ...roomChannel("acme", "trip_1"), ...gateway };
  await lane.process(batchOf(topics.interest, 0, [interest]));
  await lane.process(commands(0, [makeRoom, send("1"), send("2"), send("3"), send("4")]));
  await lane.process(commands(5, markers));
  return items().flatMap((item) =>
    item.type === "transient" && "number" in item.event
      ? [`${item.event.type} ${item.event.number} to ${item.to}`]
      : [],
  );
}

test("a marker that moves many times in a batch is told once, where it ends", async () => {
  expect(await told(mark("room.read", 1), mark("room.read", 2), mark("room.read", 4))).toEqual([
    "receipt.read 4 to room",
  ]);
});

test("what is read in the batch is not told as delivered, and what is only delivered is", async () => {
  expect(await told(mark("room.delivered", 2), mark("room.read", 2))).toEqual(["receipt.read 2 to room"]);
});

test("what is delivered beyond what is read is told", async () => {
  expect(await told(mark("room.delivered", 4), mark("room.read", 2))).toEqual([
    "receipt.delivered 4 to room",
    "receipt.read 2 to room",
  ]);
});

test("that a member read is told to others, although it went back in the same batch", async () => {
  expect(await told(mark("room.read", 4), mark("room.unread", 2), mark("room.read", 3))).toEqual([
    "receipt.read 4 to room",
    "receipt.unread 2 to user",
    "receipt.read 3 to user",
  ]);
});

test("a batch that is given again tells where the markers stand", async () => {
  const markers = [mark("room.delivered", 3), mark("room.read", 2), mark("room.unread", 1)];
  const first = await told(...markers);
  expect(await told(...markers)).toEqual(first);
});

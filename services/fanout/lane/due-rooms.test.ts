import { afterEach, beforeEach, expect, test } from "vitest";
import { rfc3339 } from "#shared/clock.ts";
import { openDatabase } from "#shared/embedded/database.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import type { Store } from "#shared/store/store.ts";
import { Random } from "#test/sim/random.ts";
import { SimulatedTime } from "#test/sim/time.ts";
import { batchOf, makeRoom, owner as ownerOn, topics } from "../testing/owner.ts";

const minuteMs = 60_000;
let store: Store;
let time: SimulatedTime;

beforeEach(() => {
  store = createEmbeddedStore({ database: openDatabase(":memory:") });
  time = new SimulatedTime(new Random(1));
});
afterEach(() => store.close());

/** A node that has just got the partition, with nothing in memory, and the log from an offset on. */
async function takeOver(offset: number) {
  const { lane, emitted, events } = ownerOn(store, { clock: time });
  await lane.caughtUp();
  const appended = () =>
    emitted.filter(({ topic, value }) => topic === topics.commands && value?.includes('"room.due"'));
  return {
    appended,
    process: (commands: readonly (RoomCommand | string)[]) =>
      lane.process(batchOf(topics.commands, offset, commands)),
    processAppended: () =>
      lane.process(
        batchOf(
          topics.commands,
          offset,
          appended().map(({ value }) => value ?? ""),
        ),
      ),
    types: () => events().map(({ type }) => type),
    ended: () => lane.revoked(),
  };
}

const makeRoomClosing = (inMs: number): RoomCommand =>
  ({ ...makeRoom, at: rfc3339(time.nowMs()), closeAt: rfc3339(time.nowMs() + inMs) }) as RoomCommand;

test("a time that was set before an owner ended comes at the next one's, not before it is due", async () => {
  const first = await takeOver(0);
  await first.process([makeRoomClosing(30 * minuteMs)]);
  await time.pass(10 * minuteMs);
  first.ended();

  const next = await takeOver(1);
  await time.pass(20 * minuteMs - 1);
  expect(next.appended()).toEqual([]);
  await time.pass(1_000);
  await next.processAppended();
  expect(next.types()).toEqual(["room.closed"]);
  expect(first.appended()).toEqual([]);
  next.ended();
});

test("a time that came while nobody owned the partition, however long, comes at once with an owner", async () => {
  const first = await takeOver(0);
  await first.process([makeRoomClosing(5 * minuteMs)]);
  await time.pass(minuteMs);
  first.ended();
  await time.pass(3 * 24 * 60 * minuteMs);

  const next = await takeOver(1);
  await time.pass(1_000);
  await next.processAppended();
  expect(next.types()).toEqual(["room.closed"]);
  next.ended();
});

test("an owner that dies with the command appended leaves it to the next, and said twice it closes once", async () => {
  const first = await takeOver(0);
  await first.process([makeRoomClosing(minuteMs)]);
  await time.pass(minuteMs);
  expect(first.appended()).toHaveLength(1);
  first.ended();

  const next = await takeOver(1);
  await time.pass(1_000);
  const said = [...first.appended(), ...next.appended()].map(({ value }) => value ?? "");
  expect(said).toHaveLength(2);
  await next.process(said);
  expect(next.types()).toEqual(["room.closed"]);
  next.ended();
});

function patchRoom(atMs: number, change: object): RoomCommand {
  const { v, tenantId, roomId } = makeRoom;
  const actor = { kind: "server", userId: null } as const;
  return { v, type: "room.patch", tenantId, roomId, actor, at: rfc3339(atMs), ...change };
}

test("a time that was moved to an earlier one comes then, though the store still names the later", async () => {
  const { tenantId, roomId } = makeRoom;
  const later = rfc3339(time.nowMs() + 9.5 * minuteMs);
  const sooner = rfc3339(time.nowMs() + 9 * minuteMs);
  // As Cassandra does, which keeps the row of each time.
  const listDue = store.listDue.bind(store);
  store.listDue = async (partition, range) => {
    const rows = await listDue(partition, range);
    const isInRange = range.after.dueAt < later && later < range.before;
    return isInRange ? [...rows, { dueAt: later, tenantId, roomId }] : rows;
  };
  const owner = await takeOver(0);
  await owner.process([makeRoomClosing(9.5 * minuteMs), patchRoom(time.nowMs(), { closeAt: sooner })]);
  await time.pass(9 * minuteMs + 1_000);
  expect(owner.appended()).toHaveLength(1);
  owner.ended();
});

test("a room that is frozen when its time to close has come closes all the same", async () => {
  const first = await takeOver(0);
  const frozen = patchRoom(time.nowMs() + minuteMs + 1, { state: "frozen" });
  await first.process([makeRoomClosing(minuteMs), frozen]);
  first.ended();
  await time.pass(2 * minuteMs);

  const next = await takeOver(2);
  await time.pass(1_000);
  await next.processAppended();
  expect(next.types()).toEqual(["room.closed"]);
  next.ended();
});

import { expect, test } from "vitest";
import type { RoomWrite } from "#shared/store/store.ts";
import { versionOf } from "#shared/store/version.ts";
import type { Subject } from "./contract.ts";
import { TestRoom } from "./test-room.ts";
import { allMessages, expectRoom } from "./visible.ts";

const users = ["a", "b", "c"];

/** A room with some of everything, in four batches. */
function livelyRoom(tenantId: string, epoch = 1): { room: TestRoom; batches: RoomWrite[] } {
  const room = new TestRoom(tenantId, "r", epoch);
  const batches: RoomWrite[] = [];
  let from = 0;
  const cut = () => {
    batches.push(room.write(from));
    from = room.steps;
  };
  room.add("a", "owner");
  room.add("b");
  room.say("a", "one");
  cut();
  room.edit(1, "one and a half");
  room.read("b", 1);
  room.close();
  room.remove("b");
  cut();
  room.reopen();
  room.add("c");
  room.say("a", "two");
  cut();
  room.edit(2, "second");
  cut();
  room.edit(1, "first");
  room.edit(2, "the second");
  room.add("b", "observer");
  room.rename("renamed");
  room.say("c", "three");
  room.read("a", 3);
  cut();
  room.erase(1);
  cut();
  return { room, batches };
}

/** The same rows from an older log, in which they stood further on, and say something else. */
export function forged(write: RoomWrite): RoomWrite {
  const later = <T extends { position: number }>(row: T) => ({ ...row, position: row.position + 1_000_000 });
  return {
    ...write,
    epoch: write.epoch - 1,
    head: later({ ...write.head, name: "forged", seq: write.head.seq + 7, state: "closed", deleted: true }),
    members: write.members.map((row) => later({ ...row, member: { ...row.member, role: "readonly" } })),
    removedMembers: write.removedMembers.map(later),
    messages: write.messages.map((row) =>
      later({ ...row, message: { ...row.message, id: `msg_forged_${row.message.number}`, body: "forged" } }),
    ),
    changed: write.changed.map((row) => ({
      ...row,
      version: row.version - versionOf(1, 0) + versionOf(0, 1_000_000),
      message: { ...row.message, body: "forged" },
      revised: row.revised + 1_000,
    })),
    settled: [],
    versions: write.versions.map((row) => later({ ...row, content: { ...row.content, body: "forged" } })),
    events: write.events.map(later),
    retold: write.retold.map((row) => ({
      ...row,
      version: row.version - versionOf(1, 0) + versionOf(0, 1_000_000),
      event: { ...row.event, body: "forged" } as typeof row.event,
    })),
    listing: { open: false, members: write.members.map(({ member }) => member) },
  };
}

export function staleContract({ store, tenant }: Subject): void {
  test("the same write again changes nothing", async () => {
    const { room, batches } = livelyRoom(tenant());
    for (const write of batches) {
      await store().writeRooms([write]);
      await store().writeRooms([write]);
      await store().writeRooms([structuredClone(write)]);
    }
    await expectRoom(store(), room, { users });
  });

  test("a write repeated after later ones changes nothing", async () => {
    const { room, batches } = livelyRoom(tenant());
    for (const write of batches) await store().writeRooms([write]);
    for (const write of batches) {
      await store().writeRooms([write]);
      await expectRoom(store(), room, { users });
    }
  });

  test("steps replayed in other batches end as they did", async () => {
    const { room, batches } = livelyRoom(tenant());
    for (const write of batches) await store().writeRooms([write]);
    for (const [from, to] of [
      [0, 1],
      [3, 5],
      [4, 6],
      [2, 9],
      [6, 7],
      [0, room.steps],
    ] as const) {
      await store().writeRooms([room.write(from, to)]);
      await expectRoom(store(), room, { users });
    }
  });

  test("a room that closed and opened in one batch stays listed though a stale writer closes it", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    await store().writeRooms([room.write()]);
    room.close();
    room.reopen();
    await store().writeRooms([room.write(1)]);
    await store().writeRooms([room.write(1, 2)]);
    await expectRoom(store(), room);
  });

  test("a writer of an older epoch replaces nothing, however far its log had come", async () => {
    const { room, batches } = livelyRoom(tenant(), 2);
    for (const write of batches) await store().writeRooms([write]);
    for (const write of batches) {
      await store().writeRooms([forged(write)]);
      await expectRoom(store(), room, { users });
    }
  });

  test("a message that an older epoch left behind is not found by its id", async () => {
    const tenantId = tenant();
    const old = new TestRoom(tenantId, "r", 1);
    old.add("a");
    const ghost = old.say("a", "ghost", { id: "msg_ghost" });
    await store().writeRooms([old.write()]);
    const room = new TestRoom(tenantId, "r", 2);
    room.add("a");
    room.say("a", "real");
    await store().writeRooms([room.write()]);
    await expectRoom(store(), room);
    expect(await store().readMessage(tenantId, "r", ghost.message.id)).toBeNull();
    expect(await store().findMessages(tenantId, "r", [ghost.message.id])).toMatchObject({
      places: new Map(),
    });
  });

  test("a newer epoch replaces everything, though its log starts again at 0", async () => {
    const tenantId = tenant();
    const { batches } = livelyRoom(tenantId, 1);
    for (const write of batches.map(forgedForward)) await store().writeRooms([write]);
    const { room, batches: fresh } = livelyRoom(tenantId, 2);
    for (const write of fresh) await store().writeRooms([write]);
    await expectRoom(store(), room, { users });
  });

  test("a stale row loses alone: newer ones in the same write stay", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    room.say("a", "one");
    room.read("a", 1);
    await store().writeRooms([room.write()]);
    const stale = room.write(0, 1);
    room.say("a", "two");
    const next = room.write(3);
    await store().writeRooms([{ ...next, members: stale.members }]);
    await expectRoom(store(), room);
  });

  test("writers of one batch at the same time end as one of them would", async () => {
    const { room, batches } = livelyRoom(tenant());
    await Promise.all([...batches, ...batches].map((write) => store().writeRooms([write])));
    await expectRoom(store(), room, { users });
    expect(await allMessages(store(), room)).toHaveLength(3);
  });
}

function forgedForward(write: RoomWrite): RoomWrite {
  const { epoch } = write;
  return { ...forged({ ...write, epoch: epoch + 1 }), head: { ...write.head, position: 1_000_000_000 } };
}

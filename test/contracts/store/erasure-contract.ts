import { expect, test } from "vitest";
import type { ErasureRow } from "#shared/store/erasure-store.ts";
import { defaultUserSettings } from "#shared/store/user-settings.ts";
import type { Subject } from "./contract.ts";
import { TestRoom } from "./test-room.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function taskOf(taskId: string): ErasureRow {
  return {
    taskId,
    userId: "a",
    messages: "remove",
    status: "running",
    roomsDone: 0,
    createdAt: at(0),
    completedAt: null,
    pseudonym: "erased:1",
    heldBy: "node",
    heldAtMs: 7,
  };
}

export function erasureContract({ store, tenant }: Subject): void {
  test("a task is what was last put, and listed until it is done", async () => {
    const [tenantId, other] = [tenant(), tenant()];
    const { erasures } = store();
    const task = taskOf("ers_1");
    expect(await erasures.get(tenantId, "ers_1")).toBeNull();
    await erasures.put(tenantId, task);
    await erasures.put(other, task);
    await erasures.put(tenantId, { ...task, roomsDone: 3 });
    expect(await erasures.get(tenantId, "ers_1")).toEqual({ ...task, roomsDone: 3 });
    const open = async () => (await erasures.listOpen(1_000)).filter(({ tenantId: id }) => id === tenantId);
    expect(await open()).toEqual([{ tenantId, taskId: "ers_1" }]);
    const done: ErasureRow = { ...task, userId: null, pseudonym: null, status: "done", completedAt: at(9) };
    await erasures.put(tenantId, done);
    expect(await erasures.get(tenantId, "ers_1")).toEqual(done);
    expect(await open()).toEqual([]);
    expect(await erasures.get(other, "ers_1")).toEqual(task);
    await erasures.put(tenantId, task);
    expect(await open()).toHaveLength(1);
  });

  test("every room that somebody is or was in is listed, whatever became of either", async () => {
    const tenantId = tenant();
    const rooms = ["r1", "r2", "r3", "r4", "r5"].map((roomId) => new TestRoom(tenantId, roomId));
    for (const room of rooms) room.add("a");
    rooms[1]?.remove("a");
    rooms[2]?.close();
    rooms[3]?.delete();
    rooms[4]?.remove("a");
    rooms[4]?.close();
    for (const room of rooms) await store().writeRooms([room.write()]);
    const watched = new TestRoom(tenantId, "r6");
    watched.add("b");
    watched.add("a", "observer");
    await store().writeRooms([watched.write()]);
    const ever = (userId: string, after: string, limit: number) =>
      store().erasures.listEverRooms(tenantId, userId, { after, limit });
    expect(await ever("a", "", 10)).toEqual(["r1", "r2", "r3", "r4", "r5", "r6"]);
    expect(await ever("a", "r2", 2)).toEqual(["r3", "r4"]);
    expect(await ever("b", "", 10)).toEqual(["r6"]);
    expect(await ever("c", "", 10)).toEqual([]);
  });

  test("from where somebody was erased it is gone, until it comes again; an older write does not bring it back", async () => {
    const tenantId = tenant();
    const room = new TestRoom(tenantId, "r");
    room.add("b");
    room.add("a");
    room.close();
    room.reopen();
    room.remove("a");
    const all = room.write();
    await store().writeRooms([all]);
    room.rename("later");
    const { position } = room.head;
    const forgotten = [{ position, userId: "a", at: at(50), closedAts: [at(3)] }];
    await store().writeRooms([{ ...room.write(5), forgotten }]);
    const ever = () => store().erasures.listEverRooms(tenantId, "a", { after: "", limit: 10 });
    expect(await ever()).toEqual([]);
    await store().writeRooms([all]);
    await store().writeRooms([room.write(0, 3)]);
    expect(await ever()).toEqual([]);
    expect(await store().listOpenRooms(tenantId, "a")).toEqual([]);
    expect(await store().readMember(tenantId, "r", "a")).toBeNull();
    room.add("a");
    await store().writeRooms([room.write(6)]);
    expect(await ever()).toEqual(["r"]);
    expect(await store().listOpenRooms(tenantId, "a")).toEqual(["r"]);
  });

  test("the place of a room that somebody was erased from is in no archive", async () => {
    const tenantId = tenant();
    const room = new TestRoom(tenantId, "r");
    room.add("a");
    room.close();
    await store().writeRooms([room.write()]);
    const { closedAt } = room.head;
    const page = { after: null, limit: 10 };
    expect(await store().listClosedRooms(tenantId, "a", page)).toEqual([{ roomId: "r", closedAt }]);
    room.remove("a");
    const { position } = room.head;
    const forgotten = [{ position, userId: "a", at: at(50), closedAts: [String(closedAt)] }];
    await store().writeRooms([{ ...room.write(2), forgotten }]);
    expect(await store().listClosedRooms(tenantId, "a", page)).toEqual([]);
  });

  test("of a user that is forgotten nothing is known but its revocation, and what was seen of it before is not taken", async () => {
    const [tenantId, other] = [tenant(), tenant()];
    const now = Date.now();
    const time = (ms: number) => new Date(now + ms).toISOString();
    for (const of of [tenantId, other]) {
      await store().upsertUser(of, "a", { displayName: "Ada", at: time(0) });
      await store().setPrivacy(of, "a", { receipts: false });
      await store().setBlocked(of, "a", "b", true);
      await store().setLastSeen([{ tenantId: of, userId: "a", at: time(0) }]);
      await store().setRevokedBefore(of, "a", time(0));
    }
    for (const _ of [1, 2]) await store().erasures.forgetUser(tenantId, "a", time(60_000));
    await store().setLastSeen([{ tenantId, userId: "a", at: time(10_000) }]);
    expect(await store().getUser(tenantId, "a")).toBeNull();
    expect(await store().readUserSettings(tenantId, ["a"])).toEqual([defaultUserSettings]);
    expect(await store().readLastSeen(tenantId, ["a"])).toEqual([null]);
    expect(await store().getRevokedBefore(tenantId, "a")).toBe(time(0));
    expect((await store().getUser(other, "a"))?.displayName).toBe("Ada");
    expect(await store().readLastSeen(other, ["a"])).toEqual([time(0)]);
    // Whoever comes under that name is somebody new.
    await store().setLastSeen([{ tenantId, userId: "a", at: time(90_000) }]);
    expect(await store().readLastSeen(tenantId, ["a"])).toEqual([time(90_000)]);
    await store().upsertUser(tenantId, "a", { displayName: "Ann", at: time(90_000) });
    expect(await store().getUser(tenantId, "a")).toMatchObject({ displayName: "Ann", avatarUrl: null });
    await store().setBlocked(tenantId, "a", "c", true);
    expect(await store().readUserSettings(tenantId, ["a"])).toMatchObject([{ blocked: ["c"] }]);
  });
}

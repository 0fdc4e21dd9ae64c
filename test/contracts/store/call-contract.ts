import { expect, test } from "vitest";
import type { CallRow } from "#shared/store/call-store.ts";
import type { Subject } from "./contract.ts";
import { TestRoom } from "./test-room.ts";

/** A room's calls, and the way from an id to them. */
export function callContract({ store, tenant }: Subject): void {
  const room = (tenantId: string, roomId: string): TestRoom => {
    const made = new TestRoom(tenantId, roomId);
    made.add("a");
    return made;
  };

  test("the call that runs is found by all its ids, and when it has ended, as it ended", async () => {
    const one = room(tenant(), "r");
    const running = one.startCall("first");
    one.nameCall("other");
    await store().writeRooms([one.write()]);
    const { tenantId } = one;
    for (const id of ["first", "other"]) {
      expect(await store().readCall(tenantId, id)).toEqual({ roomId: "r", row: running });
      expect(await store().readCall(tenant(), id)).toBeNull();
    }
    expect(await store().readCalls(tenantId, "r", { limit: 10 })).toEqual([running]);
    const steps = one.steps;
    const ended = one.endCall();
    await store().writeRooms([one.write(steps)]);
    for (const id of ["first", "other"]) {
      expect(await store().readCall(tenantId, id)).toEqual({ roomId: "r", row: ended });
    }
    expect(await store().readCalls(tenantId, "r", { limit: 10 })).toEqual([ended]);
    expect((await store().readHeads(tenantId, ["r"]))[0]).toMatchObject({ call: null, callNumber: 1 });
    expect(await store().readCall(tenantId, "nothing")).toBeNull();
    expect(await store().readCalls(tenantId, "none", { limit: 10 })).toEqual([]);
  });

  test("a room's calls come in pages, the newest first, the one that runs before all", async () => {
    const one = room(tenant(), "r");
    const rows: CallRow[] = [];
    for (let i = 1; i <= 7; i++) {
      one.startCall(`c${i}`);
      rows.unshift(one.endCall());
    }
    rows.unshift(one.startCall("c8"));
    await store().writeRooms([one.write()]);
    const found: CallRow[] = [];
    for (let before: number | undefined; ; ) {
      const asked = before === undefined ? { limit: 3 } : { before, limit: 3 };
      const page = await store().readCalls(one.tenantId, "r", asked);
      found.push(...page);
      before = page.at(-1)?.number;
      if (before === undefined) break;
    }
    expect(found).toEqual(rows);
  });

  test("the same call again changes nothing, and an older writer brings nothing back", async () => {
    const one = room(tenant(), "r");
    const older = one.startCall("c");
    const started = one.write();
    const steps = one.steps;
    const ended = one.endCall();
    for (const write of [started, one.write(steps), one.write(), started]) await store().writeRooms([write]);
    expect(older.call.state).toBe("ringing");
    expect(await store().readCall(one.tenantId, "c")).toEqual({ roomId: "r", row: ended });
    expect(await store().readCalls(one.tenantId, "r", { limit: 10 })).toEqual([ended]);
  });

  test("a user is found in the call that it came to last, in whichever room, until that ends or it is forgotten", async () => {
    const one = room(tenant(), "r");
    const { tenantId } = one;
    const two = room(tenantId, "s");
    const first = one.startCall("c", ["a", "b"]);
    await store().writeRooms([one.write(), two.write()]);
    for (const user of ["a", "b"]) {
      expect(await store().readCallOf(tenantId, user)).toEqual({ roomId: "r", row: first });
    }
    expect(await store().readCallOf(tenantId, "c")).toBeNull();
    expect(await store().readCallOf(tenant(), "a")).toBeNull();
    let steps = one.steps;
    one.endCall();
    await store().writeRooms([one.write(steps)]);
    expect(await store().readCallOf(tenantId, "a")).toBeNull();

    steps = two.steps;
    for (let i = 0; i < 20; i++) two.say("b", "hello");
    const second = two.startCall("d", ["a"]);
    await store().writeRooms([two.write(steps)]);
    expect(await store().readCallOf(tenantId, "a")).toEqual({ roomId: "s", row: second });
    expect(await store().readCallOf(tenantId, "b")).toBeNull();
    steps = two.steps;
    two.endCall();
    const forgets = { position: 1_000, userId: "a", at: second.call.createdAt, closedAts: [] };
    await store().writeRooms([{ ...two.write(steps), forgotten: [forgets] }]);
    expect(await store().readCallOf(tenantId, "a")).toBeNull();
  });

  test("a call is due when it rings no more, and then is not", async () => {
    const one = room(tenant(), "r");
    one.partition = 900;
    const { call } = one.startCall("c");
    await store().writeRooms([one.write()]);
    const after = { dueAt: "2026-01-01T00:00:00.000Z", tenantId: "", roomId: "" };
    const due = (before: string) => store().listDue(900, { after, before, limit: 10 });
    expect(await due(call.ringEndsAt ?? "")).toEqual([]);
    const [found] = await due("2026-01-02T00:00:00.000Z");
    expect(found).toEqual({ dueAt: call.ringEndsAt, tenantId: one.tenantId, roomId: "r" });
  });
}

import { expect, test } from "vitest";
import type { ClosedRoom } from "#shared/store/listings.ts";
import type { Subject } from "./contract.ts";
import { TestRoom } from "./test-room.ts";

/** A user's closed rooms. */
export function archiveContract({ store, tenant }: Subject): void {
  const room = (tenantId: string, roomId: string, says: number): TestRoom => {
    const made = new TestRoom(tenantId, roomId);
    made.add("a");
    made.add("b");
    for (let i = 0; i < says; i++) made.say("a", `${i}`);
    return made;
  };
  const archive = async (tenantId: string, userId: string): Promise<string[]> =>
    (await store().listClosedRooms(tenantId, userId, { after: null, limit: 100 })).map(
      ({ roomId }) => roomId,
    );

  test("closed rooms are listed by when they closed, the latest first, each page from where the last ended", async () => {
    const tenantId = tenant();
    // Two of each time, the later ones further on.
    const rooms = Array.from({ length: 12 }, (_, i) =>
      room(tenantId, `r${String(i).padStart(2, "0")}`, i >> 1),
    );
    for (const one of rooms) one.close();
    await store().writeRooms(rooms.map((one) => one.write()));
    const expected = [10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1].map((i) => `r${String(i).padStart(2, "0")}`);
    expect(await archive(tenantId, "b")).toEqual(expected);
    const found: string[] = [];
    for (let after: ClosedRoom | null = null; ; ) {
      const page: ClosedRoom[] = await store().listClosedRooms(tenantId, "b", { after, limit: 5 });
      found.push(...page.map(({ roomId }) => roomId));
      after = page.at(-1) ?? null;
      if (after === null) break;
    }
    expect(found).toEqual(expected);
    expect(await archive(tenantId, "nobody")).toEqual([]);
    expect(await archive(tenant(), "b")).toEqual([]);
  });

  test("an open room is in no archive, and a closed one in that of whoever is let in", async () => {
    const one = room(tenant(), "r", 1);
    await store().writeRooms([one.write()]);
    expect(await archive(one.tenantId, "a")).toEqual([]);
    const open = one.steps;
    one.close();
    await store().writeRooms([one.write(open)]);
    expect(await archive(one.tenantId, "a")).toEqual(["r"]);
    const closed = one.steps;
    one.add("late");
    await store().writeRooms([one.write(closed)]);
    expect(await archive(one.tenantId, "late")).toEqual(["r"]);
    expect(await store().listOpenRooms(one.tenantId, "late")).toEqual([]);
    expect((await store().readHeads(one.tenantId, ["r"]))[0]?.closedAt).toBe(one.head.closedAt);
  });
}

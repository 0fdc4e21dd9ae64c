import { expect, test } from "vitest";
import type { DueRoom } from "#shared/store/listings.ts";
import type { Subject } from "./contract.ts";
import { TestRoom } from "./test-room.ts";

/** Rooms that change by themselves: each test keeps to a partition of its own. */
export function dueContract({ store, tenant }: Subject): void {
  let partitions = 100;
  const start: DueRoom = { dueAt: "2026-01-01T00:00:00.000Z", tenantId: "", roomId: "" };
  const list = async (partition: number, before: string, after = start, limit = 100) =>
    (await store().listDue(partition, { after, before, limit })).map(({ roomId }) => roomId);

  const room = (tenantId: string, roomId: string, partition: number, closeAt: string): TestRoom => {
    const made = new TestRoom(tenantId, roomId);
    made.partition = partition;
    made.add("a");
    made.closeAt(closeAt);
    return made;
  };

  test("rooms are found by their partition and by when they are due, over hours and days", async () => {
    const [partition, other] = [partitions++, partitions++];
    const tenants = [tenant(), tenant()] as const;
    const times = ["2026-01-01T05:00:00.000Z", "2026-01-01T05:00:00.001Z", "2026-01-03T23:59:59.999Z"];
    const rooms = times.map((time, i) => room(tenants[i % 2] ?? "", `r${i}`, partition, time));
    const elsewhere = room(tenants[0], "elsewhere", other, times[0] ?? "");
    await store().writeRooms([...rooms, elsewhere].map((one) => one.write()));
    expect(await list(partition, "2026-01-01T05:00:00.000Z")).toEqual([]);
    expect(await list(partition, "2026-01-01T05:00:00.001Z")).toEqual(["r0"]);
    expect(await list(partition, "2026-01-04T00:00:00.000Z")).toEqual(["r0", "r1", "r2"]);
    expect(await list(other, "2026-01-04T00:00:00.000Z")).toEqual(["elsewhere"]);
  });

  test("many that are due at once come in pages, each once", async () => {
    const partition = partitions++;
    const tenantId = tenant();
    const ids = Array.from({ length: 25 }, (_, i) => `r${String(i).padStart(2, "0")}`);
    const rooms = ids.map((id) => room(tenantId, id, partition, "2026-01-02T00:00:00.000Z"));
    await store().writeRooms(rooms.map((one) => one.write()));
    const found: string[] = [];
    for (let after = start; ; ) {
      const page = await store().listDue(partition, { after, before: "2026-01-03T00:00:00.000Z", limit: 10 });
      found.push(...page.map(({ roomId }) => roomId));
      const last = page.at(-1);
      if (last === undefined) break;
      after = last;
    }
    expect(found).toEqual(ids);
  });

  test("a time that is moved is found where it is now, and one that had passed at once", async () => {
    const partition = partitions++;
    const moved = room(tenant(), "moved", partition, "2026-01-02T00:00:00.000Z");
    await store().writeRooms([moved.write()]);
    const steps = moved.steps;
    moved.closeAt("2026-01-05T00:00:00.000Z");
    await store().writeRooms([moved.write(steps)]);
    expect(
      await list(partition, "2026-01-06T00:00:00.000Z", { ...start, dueAt: "2026-01-04T00:00:00.000Z" }),
    ).toEqual(["moved"]);
    const late = room(moved.tenantId, "late", partition, "2020-01-01T00:00:00.000Z");
    await store().writeRooms([late.write()]);
    expect(await list(partition, "2026-01-01T01:00:00.000Z")).toEqual(["late"]);
  });

  test("until when all was done is kept by partition", async () => {
    const [partition, other] = [partitions++, partitions++];
    expect(await store().readDueDone(partition)).toBeNull();
    await store().setDueDone(partition, "2026-01-01T00:00:00.000Z");
    await store().setDueDone(partition, "2026-01-01T00:01:00.000Z");
    expect(await store().readDueDone(partition)).toBe("2026-01-01T00:01:00.000Z");
    expect(await store().readDueDone(other)).toBeNull();
  });
}

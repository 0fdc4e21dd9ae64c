import { expect, test } from "vitest";
import type { DueMedia, MediaOutcome, MediaStore } from "#shared/store/media-store.ts";
import type { Subject } from "./contract.ts";

const createdAt = "2026-03-14T09:26:53.589Z";
const idOf = (n: number) => `med_${String(n).padStart(22, "0")}`;
const mediaOf = (n: number, uploaderId: string | null = "ada"): Parameters<MediaStore["add"]>[1] => ({
  mediaId: idOf(n),
  uploaderId,
  fileName: "Ünïcödé 👩‍👧 'quoted'.png",
  contentType: "image/png",
  size: 70,
  createdAt,
});
const ready: MediaOutcome = { state: "ready", copy: "c1", width: 3, height: 4, refusal: null };
const refused: MediaOutcome = { state: "refused", copy: null, width: null, height: null, refusal: "why" };
/** One that no other test has: partitions belong to no tenant. */
let partitions = 1_000;

export function mediaContract({ store, tenant }: Subject): void {
  const media = () => store().media;
  const due = () => ({ partition: ++partitions, dueAt: createdAt });

  test("a file is pending until somebody has looked, and each tenant's alone", async () => {
    const [one, other] = [tenant(), tenant()];
    expect(await media().get(one, idOf(1))).toBeNull();
    await media().add(one, mediaOf(1), due());
    const nothing = { state: "pending", copy: null, width: null, height: null, refusal: null };
    expect(await media().get(one, idOf(1))).toEqual({ ...mediaOf(1), ...nothing });
    expect(await media().get(other, idOf(1))).toBeNull();
    await media().settle(one, idOf(1), ready);
    expect(await media().get(one, idOf(1))).toEqual({ ...mediaOf(1), ...ready });
    await media().settle(one, idOf(1), refused);
    expect(await media().get(one, idOf(1))).toEqual({ ...mediaOf(1), ...refused });
  });

  test("what names a file is listed once, in order, and is no file where there is none", async () => {
    const tenantId = tenant();
    await media().add(tenantId, mediaOf(1), due());
    expect(await media().listUses(tenantId, idOf(1), 9)).toEqual([]);
    const uses = [
      { roomId: "a", messageId: "m2" },
      { roomId: "b", messageId: "m1" },
      { roomId: "b", messageId: "m3" },
    ];
    for (const use of [...uses.toReversed(), ...uses]) await media().addUse(tenantId, idOf(1), use);
    expect(await media().listUses(tenantId, idOf(1), 9)).toEqual(uses);
    expect(await media().listUses(tenantId, idOf(1), 2)).toEqual(uses.slice(0, 2));
    expect(await media().listUses(tenant(), idOf(1), 9)).toEqual([]);
    await media().addUse(tenantId, idOf(2), { roomId: "a", messageId: "m2" });
    await media().settle(tenantId, idOf(2), ready);
    expect(await media().get(tenantId, idOf(2))).toBeNull();
  });

  test("a user's files are listed page by page, until they are removed with all that names them", async () => {
    const tenantId = tenant();
    for (const n of [3, 1, 2]) await media().add(tenantId, mediaOf(n), due());
    await media().add(tenantId, mediaOf(4, "bob"), due());
    await media().add(tenantId, mediaOf(5, null), due());
    const page = (after?: string) =>
      media().listOfUser(tenantId, "ada", { limit: 2, ...(after === undefined ? {} : { after }) });
    expect(await page()).toEqual([idOf(1), idOf(2)]);
    expect(await page(idOf(2))).toEqual([idOf(3)]);
    await media().addUse(tenantId, idOf(2), { roomId: "a", messageId: "m" });
    for (let times = 0; times < 2; times++) await media().remove(tenantId, mediaOf(2));
    await media().remove(tenantId, mediaOf(5, null));
    expect(await page()).toEqual([idOf(1), idOf(3)]);
    expect(await media().get(tenantId, idOf(2))).toBeNull();
    expect(await media().get(tenantId, idOf(5))).toBeNull();
    expect(await media().listUses(tenantId, idOf(2), 9)).toEqual([]);
    expect((await media().get(tenantId, idOf(4)))?.uploaderId).toBe("bob");
  });

  test("files are due by when, over hours, each partition's alone", async () => {
    const tenantId = tenant();
    const [partition, another] = [++partitions, ++partitions];
    const at = (hour: number, n: number): DueMedia => ({
      dueAt: `2026-03-14T${String(hour).padStart(2, "0")}:30:00.000Z`,
      tenantId,
      mediaId: idOf(n),
    });
    const all = [at(9, 1), at(9, 2), at(10, 1), at(13, 3)];
    for (const one of all.toReversed()) await media().addDue(partition, one);
    await media().add(tenantId, mediaOf(7), { partition: another, dueAt: all[0]?.dueAt ?? "" });
    const start: DueMedia = { dueAt: "2026-03-14T08:00:00.000Z", tenantId: "", mediaId: "" };
    const list = (after: DueMedia, limit: number, before = "2026-03-14T23:00:00.000Z") =>
      media().listDue(partition, { after, before, limit });
    expect(await list(start, 9)).toEqual(all);
    expect(await list(start, 3)).toEqual(all.slice(0, 3));
    expect(await list(at(9, 1), 2)).toEqual(all.slice(1, 3));
    expect(await list(start, 9, at(13, 0).dueAt)).toEqual(all.slice(0, 3));
    expect(await media().readDueDone(partition)).toBeNull();
    await media().setDueDone(partition, all[2]?.dueAt ?? "");
    expect(await media().readDueDone(partition)).toBe(all[2]?.dueAt);
    expect(await list(at(9, 9), 9)).toEqual(all.slice(2));
    expect(
      (await media().listDue(another, { after: start, before: "2026-03-14T23:00:00.000Z", limit: 9 })).length,
    ).toBe(1);
  });

  test("bytes of a day are counted over all nodes, each tenant's and each day's apart", async () => {
    const [one, other] = [tenant(), tenant()];
    const day = Math.floor(Date.now() / 86_400_000);
    const count = (tenantId: string, node: string, bytes: number, of = day) =>
      media().countDay(tenantId, { day: of, node, bytes });
    expect(await count(one, "a", 5)).toBe(5);
    expect(await count(one, "b", 3_000_000_000_000)).toBe(3_000_000_000_005);
    expect(await count(one, "a", 7)).toBe(3_000_000_000_007);
    expect(await count(one, "a", 1, day + 1)).toBe(1);
    expect(await count(other, "a", 2)).toBe(2);
    expect(await count(one, "b", 0)).toBe(7);
  });
}

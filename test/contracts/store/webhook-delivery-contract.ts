import { expect, test } from "vitest";
import {
  type DeliveryProgress,
  type DuePlace,
  type DueRow,
  freshProgress,
  type WebhookDeliveryRow,
} from "#shared/store/webhook-deliveries.ts";
import { deliveryIdFor } from "#shared/store/webhook-ids.ts";
import type { Subject } from "./contract.ts";

const minute = 60_000;
/** Some minutes ago, so that days and retention are as they are. */
const base = Math.floor(Date.now() / minute) * minute - 30 * minute;
/** Partitions are shared by the tests of a store, so each has its own. */
let partitions = 1_000;

function deliveryOf(tenantId: string, n: number, ms: number): WebhookDeliveryRow {
  return {
    tenantId,
    deliveryId: deliveryIdFor(ms, [tenantId, `${n}`]),
    endpointId: "whe_a",
    eventId: `evt_${n}`,
    eventType: "message.created",
    roomId: "order_1",
    seq: n,
    partition: 3,
    createdAt: new Date(ms).toISOString(),
    body: `{"n":${n},"text":"Ünïcödé 👩‍👧"}`,
    previousId: n % 2 === 0 ? null : "dlv_before",
  };
}

const progressOf = (status: DeliveryProgress["status"], count: number): DeliveryProgress => ({
  status,
  attempts: [{ at: new Date(base).toISOString(), statusCode: 500, latencyMs: 12, response: "no" }],
  attemptCount: count,
  tries: count,
  nextAttemptAt: null,
});

export function webhookDeliveryContract({ store, tenant }: Subject): void {
  test("a delivery begins as pending, and its progress is what was last set", async () => {
    const tenantId = tenant();
    const { webhooks } = store();
    const row = deliveryOf(tenantId, 1, base);
    expect(await webhooks.getDeliveries([row])).toEqual([null]);
    await webhooks.addDeliveries([row]);
    expect(await webhooks.getDeliveries([row])).toEqual([{ ...row, progress: freshProgress }]);
    for (const progress of [progressOf("failed", 1), progressOf("succeeded", 2)]) {
      await webhooks.setProgress([{ ...row, progress }]);
      expect(await webhooks.getDeliveries([row])).toEqual([{ ...row, progress }]);
    }
  });

  test("one that is emptied stays so, with all else as it was", async () => {
    const tenantId = tenant();
    const { webhooks } = store();
    const [row, other] = [deliveryOf(tenantId, 1, base), deliveryOf(tenantId, 2, base)];
    await webhooks.setBodies([{ ...row, body: "{}" }]);
    expect(await webhooks.getDeliveries([row])).toEqual([null]);
    await webhooks.addDeliveries([row, other]);
    const progress = progressOf("failed", 1);
    await webhooks.setProgress([{ ...row, progress }]);
    for (const _ of [1, 2]) await webhooks.setBodies([{ ...row, body: '{"said":null}' }]);
    expect(await webhooks.getDeliveries([row, other])).toEqual([
      { ...row, body: '{"said":null}', progress },
      { ...other, progress: freshProgress },
    ]);
  });

  test("with new deliveries goes when they are due, few or many, over minutes", async () => {
    const tenantId = tenant();
    const { webhooks } = store();
    for (const count of [2, 40]) {
      const partition = ++partitions;
      const rows = Array.from({ length: count }, (_, n) =>
        deliveryOf(tenantId, 100 * count + n, base + n * 7_000),
      );
      const due = rows.map(({ deliveryId, endpointId }, n) => {
        return { tenantId, deliveryId, endpointId, dueMs: base + n * 5_000 };
      });
      await webhooks.addDeliveries(rows, { partition, rows: due });
      const found = await webhooks.getDeliveries(rows);
      expect(found).toEqual(rows.map((row) => ({ ...row, progress: freshProgress })));
      const after = { dueMs: base - 1, deliveryId: "" };
      const page = await webhooks.readDue(partition, { after, untilMs: base + 60 * minute, limit: 100 });
      expect(page.rows).toEqual(due);
    }
  });

  test("one that is added again keeps its progress", async () => {
    const tenantId = tenant();
    const { webhooks } = store();
    const row = deliveryOf(tenantId, 1, base);
    await webhooks.addDeliveries([row]);
    await webhooks.setProgress([{ ...row, progress: progressOf("succeeded", 1) }]);
    await webhooks.addDeliveries([row, deliveryOf(tenantId, 2, base)]);
    const [kept, other] = await webhooks.getDeliveries([row, deliveryOf(tenantId, 2, base)]);
    expect(kept?.progress.status).toBe("succeeded");
    expect(other?.progress.status).toBe("pending");
  });

  test("a tenant's deliveries are listed from either end, over minutes and days, and no other's", async () => {
    const [tenantId, other] = [tenant(), tenant()];
    const { webhooks } = store();
    const times = [0, 1, 2, 61_000, 62_000, -26 * 60 * minute, -26 * 60 * minute + 5, -3 * 24 * 60 * minute];
    const rows = times.map((ms, n) => deliveryOf(tenantId, n, base + ms));
    await webhooks.addDeliveries(rows);
    await webhooks.addDeliveries([deliveryOf(other, 9, base)]);
    const ids = rows.map(({ deliveryId }) => deliveryId).sort();
    const list = async (page: Parameters<typeof webhooks.listDeliveries>[1]) =>
      (await webhooks.listDeliveries(tenantId, page)).map(({ deliveryId }) => deliveryId);
    expect(await list({ limit: 50 })).toEqual(ids.toReversed());
    expect(await list({ limit: 50, ascending: true })).toEqual(ids);
    const [after = "", before = ""] = [ids[1], ids[6]];
    expect(await list({ after, before, limit: 50, ascending: true })).toEqual(ids.slice(2, 6));
    const paged: string[] = [];
    for (let page = await list({ limit: 3 }); page.length > 0; ) {
      paged.push(...page);
      page = await list({ limit: 3, before: page.at(-1) ?? "" });
    }
    expect(paged).toEqual(ids.toReversed());
  });

  test("what is due is read in order from any place, over many minutes, until a time", async () => {
    const tenantId = tenant();
    const { webhooks } = store();
    const partition = ++partitions;
    const offsets = [5, 0, 0, 61_000, 61_000, 400 * minute, 900 * minute];
    const rows = offsets.map((ms, n): DueRow => {
      return { dueMs: base + ms, tenantId, deliveryId: `dlv_${n}`, endpointId: "whe_a" };
    });
    await webhooks.changeDue(partition, { add: rows });
    await webhooks.changeDue(partition, { add: rows });
    await webhooks.changeDue(++partitions, { add: [{ ...(rows[0] as DueRow), deliveryId: "dlv_other" }] });
    const readAll = async (after: DuePlace, untilMs: number, limit: number) => {
      const found: string[] = [];
      let place = after;
      for (let done = false; !done; ) {
        const { rows: page, next } = await webhooks.readDue(partition, { after: place, untilMs, limit });
        expect(page.length).toBeLessThanOrEqual(limit);
        found.push(...page.map(({ deliveryId }) => deliveryId));
        done = next.dueMs >= untilMs && page.length < limit;
        place = next;
      }
      return found;
    };
    const begin = { dueMs: base - minute, deliveryId: "" };
    const all = ["dlv_1", "dlv_2", "dlv_0", "dlv_3", "dlv_4", "dlv_5", "dlv_6"];
    for (const limit of [1, 2, 100]) {
      expect(await readAll(begin, base + 2_000 * minute, limit)).toEqual(all);
    }
    expect(await readAll(begin, base + 61_000, 2)).toEqual(all.slice(0, 5));
    expect(await readAll({ dueMs: base, deliveryId: "dlv_1" }, base + 4, 9)).toEqual(["dlv_2"]);
    await webhooks.changeDue(partition, { remove: [rows[2] as DueRow, rows[5] as DueRow] });
    expect(await readAll(begin, base + 2_000 * minute, 100)).toEqual([
      "dlv_1",
      "dlv_0",
      "dlv_3",
      "dlv_4",
      "dlv_6",
    ]);
  });

  test("a partition's mark and a room's tail are what was last written", async () => {
    const { webhooks } = store();
    const partition = ++partitions;
    expect(await webhooks.readDueMark(partition)).toBeNull();
    for (const ms of [base, base - 1]) {
      await webhooks.writeDueMark(partition, ms);
      expect(await webhooks.readDueMark(partition)).toBe(ms);
    }
    const key = { tenantId: tenant(), endpointId: "whe_a", roomId: "order_1" };
    expect(await webhooks.readTail(key)).toBeNull();
    for (const seq of [1, 2]) {
      await webhooks.writeTail(key, { deliveryId: `dlv_${seq}`, seq });
      expect(await webhooks.readTail(key)).toEqual({ deliveryId: `dlv_${seq}`, seq });
    }
    expect(await webhooks.readTail({ ...key, tenantId: tenant() })).toBeNull();
  });

  test("whom an endpoint was told of is kept by room and endpoint, and as it was last written", async () => {
    const { webhooks } = store();
    const key = { tenantId: tenant(), endpointId: "whe_a", roomId: "order_1" };
    expect(await webhooks.readTold(key)).toEqual([]);
    const many = Array.from({ length: 60 }, (_, n) => ({ userId: `user_${n}`, readNumber: n }));
    await webhooks.writeTold(key, many);
    await webhooks.writeTold(key, [{ userId: "user_7", readNumber: 70 }]);
    await webhooks.writeTold({ ...key, endpointId: "whe_b" }, [{ userId: "user_7", readNumber: 9 }]);
    const told = await webhooks.readTold(key);
    expect(told).toHaveLength(60);
    expect(told).toContainEqual({ userId: "user_7", readNumber: 70 });
    expect(told).toContainEqual({ userId: "user_8", readNumber: 8 });
    expect(await webhooks.readTold({ ...key, roomId: "order_2" })).toEqual([]);
    expect(await webhooks.readTold({ ...key, tenantId: tenant() })).toEqual([]);
  });
}

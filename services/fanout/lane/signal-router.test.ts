import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { LogRecord, NewRecord } from "#shared/log/log.ts";
import { topicsOf } from "#shared/log/topics.ts";
import type { DeliveryRecord, SignalRecord } from "#shared/protocol/records.ts";
import { Members } from "../room/members.ts";
import type { LoadedRoom } from "./room-cache.ts";
import { SignalRouter } from "./signal-router.ts";

const topics = topicsOf({ prefix: "", partitions: 1, inboxPartitions: 1 });
const signal: SignalRecord = {
  v: 1,
  type: "typing",
  tenantId: "acme",
  roomId: "r",
  userId: "ann",
  typing: true,
  at: "2026-01-01T00:00:00.000Z",
};

const recordOf = (value: object | string, timestampMs = 0): LogRecord => ({
  offset: 0,
  key: "acme/r",
  value: typeof value === "string" ? value : JSON.stringify(value),
  timestampMs,
});

function routerOf(
  options: { room?: object; append?: (records: readonly NewRecord[]) => Promise<void> } = {},
) {
  const told: string[] = [];
  const counted: Record<string, number> = {};
  const router = new SignalRouter({
    topics,
    log: {
      append: async (records) => {
        await options.append?.(records);
        for (const { value } of records) {
          const { inbox, items } = JSON.parse(value ?? "") as DeliveryRecord;
          for (const item of items)
            if (item.type === "transient") told.push(`${inbox} ${item.event.type} ${item.event.userId}`);
        }
        return records.map(() => ({ partition: 0, offset: -1 }));
      },
    },
    rooms: { peek: () => options.room as LoadedRoom | undefined },
    interest: { wanting: (tenantId) => (tenantId === "acme" ? [{ inbox: "g1", partition: 0 }] : []) },
    metrics: {
      signals: {
        inc: ({ outcome }, count) => {
          counted[outcome] = (counted[outcome] ?? 0) + count;
        },
      },
    },
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { router, told, counted, settled };
}

const roomWith = (role: string, state = "open") => ({
  state: { head: { state, deleted: false }, members: Members.of([{ userId: "ann", role } as never]) },
});

test("the last word of each user in a batch reaches the inboxes that want the room", async () => {
  const { router, told, counted, settled } = routerOf();
  router.process(
    [
      recordOf(signal),
      recordOf({ ...signal, userId: "bob" }),
      recordOf({ ...signal, typing: false }),
      recordOf({ ...signal, tenantId: "other" }),
    ],
    0,
  );
  await settled();
  expect(told).toEqual(["g1 typing.stopped ann", "g1 typing.started bob"]);
  expect(counted).toEqual({ routed: 2, unwanted: 1 });
});

test("what is older than it lasts by the log's time is not told", async () => {
  const { router, told, counted, settled } = routerOf();
  router.process([recordOf(signal, 1_000), recordOf({ ...signal, userId: "bob" }, 2_000)], 2_000 + 5_999);
  router.process([recordOf(signal, 1_000)], 1_000 + limits.typingExpiryMs + 1);
  await settled();
  expect(told).toEqual(["g1 typing.started bob"]);
  expect(counted).toEqual({ stale: 2, routed: 1 });
});

test.each([
  ["one who only reads", roomWith("readonly")],
  ["one of a frozen room", roomWith("member", "frozen")],
  ["one who is no member", { state: { ...roomWith("member").state, members: Members.of([]) } }],
  ["one of a room that is not there", { state: null }],
])("by the owner's own word %s does not type, but may have stopped", async (_who, room) => {
  const { router, told, settled } = routerOf({ room });
  router.process([recordOf(signal)], 0);
  router.process([recordOf({ ...signal, typing: false })], 0);
  await settled();
  expect(told).toEqual(["g1 typing.stopped ann"]);
});

test("a log that does not take them is not waited for: they are dropped", async () => {
  const held = Promise.withResolvers<void>();
  const { router, told, counted, settled } = routerOf({ append: () => held.promise });
  for (let i = 0; i <= limits.signalBatchesInFlightMax; i++) router.process([recordOf(signal)], 0);
  expect(counted).toEqual({ dropped: 1 });
  held.reject(new Error("the log is away"));
  await settled();
  expect(told).toEqual([]);
  expect(counted).toEqual({ dropped: limits.signalBatchesInFlightMax + 1 });
});

test("what nobody can read is counted and skipped", async () => {
  const { router, told, counted, settled } = routerOf({ room: roomWith("owner") });
  router.process([recordOf("garbage"), recordOf({ ...signal, more: 1 }), recordOf(signal)], 0);
  await settled();
  expect(told).toEqual(["g1 typing.started ann"]);
  expect(counted.unreadable).toBe(2);
});

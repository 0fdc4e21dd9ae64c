import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { topicsOf } from "#shared/log/topics.ts";
import type { SignalRecord } from "#shared/protocol/records.ts";
import { Signals } from "./signals.ts";

const signal: SignalRecord = {
  v: 1,
  type: "typing",
  tenantId: "acme",
  roomId: "r",
  userId: "ann",
  typing: true,
  at: "2026-01-01T00:00:00.000Z",
};

test("signals that a slow log does not take are dropped, and come through again when it does", async () => {
  const counted = { sent: 0, dropped: 0 };
  let held = Promise.withResolvers<void>();
  const signals = new Signals({
    topics: topicsOf({ prefix: "", partitions: 4, inboxPartitions: 1 }),
    log: {
      append: async (records) => {
        await held.promise;
        return records.map(({ partition }) => ({ partition, offset: -1 }));
      },
    },
    metrics: {
      signals: {
        inc: ({ outcome }) => {
          counted[outcome] += 1;
        },
      },
    },
  });
  for (let i = 0; i < limits.signalsInFlightMax + 3; i++) signals.send(signal);
  expect(counted).toEqual({ sent: 0, dropped: 3 });
  held.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(counted).toEqual({ sent: limits.signalsInFlightMax, dropped: 3 });
  held = Promise.withResolvers();
  signals.send(signal);
  held.reject(new Error("the log is away"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(counted.dropped).toBe(4);
});

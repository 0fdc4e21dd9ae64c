import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { openDatabase } from "#shared/embedded/database.ts";
import type { Delay, EventLog } from "#shared/log/log.ts";
import { topicsOf } from "#shared/log/topics.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import { createFanout } from "./app.ts";

test("a partition that stands still shows in the metrics at once, and in readiness past its bound", async () => {
  let delays: Delay[] = [];
  const log: Partial<EventLog> = {
    ping: async () => {},
    subscribe: async () => ({ stop: async () => {}, delays: () => delays }),
  };
  const registry = new Registry();
  const fanout = createFanout(
    {
      log: log as EventLog,
      store: createEmbeddedStore({ database: openDatabase(":memory:") }),
      topics: topicsOf({ prefix: "", partitions: 4, inboxPartitions: 1 }),
      registry,
      logger: { error: () => undefined },
      clock: systemClock,
    },
    { epoch: 1 },
  );
  await fanout.start();
  await fanout.ready();
  const stuck = { topic: "commands", partition: 3, error: new Error("the store is away") };
  delays = [{ ...stuck, seconds: 2 }];
  await fanout.ready();
  expect(await registry.metrics()).toContain('sendsar_fanout_delay_seconds{partition="3"} 2');
  delays = [{ ...stuck, seconds: 60 }];
  await expect(fanout.ready()).rejects.toThrow(/Partition 3 of commands .* 60 s: the store is away/);
  delays = [];
  await fanout.ready();
  expect(await registry.metrics()).not.toContain('partition="3"');
  await fanout.stop();
});

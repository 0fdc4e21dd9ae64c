import { expect, test } from "vitest";
import { createHttpMetrics } from "./http-metrics.ts";
import { createLogMetrics } from "./log-metrics.ts";
import { createRegistry } from "./registry.ts";
import { createStoreMetrics } from "./store-metrics.ts";

const clock = { now: 1_000_000, nowMs: () => clock.now };
const metricOf = async (registry: ReturnType<typeof createRegistry>, line: string) => {
  const found = (await registry.metrics()).split("\n").find((one) => one.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.split(" ").at(-1));
};

test("a process tells of its event loop, its memory and its name", async () => {
  const text = await createRegistry("gateway").metrics();
  for (const name of ["nodejs_eventloop_lag_p99_seconds", "process_resident_memory_bytes"]) {
    expect(text).toContain(`${name}{service="gateway"}`);
  }
});

test("the lag of a topic is the sum of its partitions' records and the most of their seconds", async () => {
  const registry = createRegistry("fanout");
  const log = createLogMetrics(registry, clock);
  log.consumed("commands", 0, 10, 5, 1.5);
  log.consumed("commands", 1, 10, 7, 0.5);
  log.stalled("commands", 1, new Error("x"));
  const labels = '{topic="commands",service="fanout"}';
  expect(await metricOf(registry, `sendsar_log_consumed_records_total${labels}`)).toBe(20);
  expect(await metricOf(registry, `sendsar_log_lag_records${labels}`)).toBe(12);
  expect(await metricOf(registry, `sendsar_log_lag_seconds${labels}`)).toBe(1.5);
  expect(await metricOf(registry, `sendsar_log_stalled_partitions${labels}`)).toBe(1);
  log.consumed("commands", 1, 1, 0, 0);
  expect(await metricOf(registry, `sendsar_log_stalled_partitions${labels}`)).toBe(0);
});

test("a partition that went to another node is forgotten in time", async () => {
  const registry = createRegistry("fanout");
  const log = createLogMetrics(registry, clock);
  log.consumed("commands", 0, 10, 5, 1.5);
  clock.now += 300_001;
  expect(await metricOf(registry, 'sendsar_log_lag_records{topic="commands",service="fanout"}')).toBe(0);
});

test("appends, calls to the store and answers are counted with their time", async () => {
  const registry = createRegistry("x");
  const log = createLogMetrics(registry, clock);
  log.appended("commands", 3, 0.002);
  log.appendFailed("commands");
  createStoreMetrics(registry).called("loadRoom", 0.001, false);
  createHttpMetrics(registry).answered("createToken", 200, 0.004);
  const topic = '{topic="commands",service="x"}';
  expect(await metricOf(registry, `sendsar_log_appended_records_total${topic}`)).toBe(3);
  expect(await metricOf(registry, `sendsar_log_append_failures_total${topic}`)).toBe(1);
  const text = await registry.metrics();
  expect(text).toContain('sendsar_store_call_seconds_count{service="x",operation="loadRoom",ok="false"} 1');
  expect(text).toContain(
    'sendsar_http_request_seconds_count{service="x",operation="createToken",status="200"} 1',
  );
});

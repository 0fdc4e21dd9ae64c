import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { latenciesMs, percentile, type Stretch } from "./latency.ts";
import type { Rig } from "./rig.ts";
import { underLoad } from "./under-load.ts";

/** Partitions stand still while a group shares them anew, and their rooms are read again. */
const rebalanceMsMax = 45_000;
const drainMsMax = 30_000;
/** After a node has come or gone the cluster is given this long before its latency is taken. */
const settleMs = 1_000;

export function rollingRestart(rig: () => Rig): void {
  test("a rolling restart of every node at 200 msg/s: I1 to I7 hold, and no client is told to give up", {
    timeout: 600_000,
  }, async ({ annotate }) => {
    const calm: Stretch[] = [];
    const before: Stretch[] = [];
    const since = async (list: Stretch[], ms: number) => {
      const fromMs = performance.now();
      await sleep(ms);
      list.push({ fromMs, toMs: performance.now() });
    };
    const old = await rig().nodes();
    const load = await underLoad(rig(), { annotate, sendsPerSecond: 200 }, async ({ load: all, fault }) => {
      await all.sent(600);
      await since(before, settleMs);
      for (const { id, service } of old) {
        const boundMs = service === "fanout" ? rebalanceMsMax : drainMsMax;
        await fault(`a ${service} node more`, boundMs, async () => void (await rig().add(service)));
        await fault(`${id} drained`, boundMs, () => rig().drain(id));
        await sleep(settleMs);
        await since(calm, settleMs);
      }
    });
    const names = (await rig().nodes()).map(({ id }) => id);
    expect(names).toHaveLength(old.length);
    expect(names.filter((name) => old.some(({ id }) => id === name))).toEqual([]);
    const history = load.recorder.history([]);
    for (const [what, stretches] of [
      ["before", before],
      ["between hand-overs", calm],
    ] as const) {
      const latencies = latenciesMs(history, stretches);
      const [p50, p99] = [0.5, 0.99].map((share) => Math.round(percentile(latencies, share) ?? Number.NaN));
      await annotate(`send to deliver ${what}: p50 ${p50} ms, p99 ${p99} ms of ${latencies.length}`);
    }
  });
}

import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { type Clock, systemClock } from "#shared/clock.ts";
import type { LogObserver } from "#shared/log/log.ts";
import { latencyBuckets } from "./buckets.ts";

/** A partition that was not heard of for this long belongs to another node by now. */
const forgottenAfterMs = 300_000;

interface Lag {
  records: number;
  seconds: number;
  stalled: boolean;
  atMs: number;
}

/** What a process does with the log, per topic; a lag is that of the partitions it reads. */
export function createLogMetrics(registry: Registry, clock: Clock = systemClock): LogObserver {
  const registers = [registry];
  const labelNames = ["topic"] as const;
  const appended = new Counter({
    name: "sendsar_log_appended_records_total",
    help: "Records that the log took.",
    labelNames,
    registers,
  });
  const appendSeconds = new Histogram({
    name: "sendsar_log_append_seconds",
    help: "Time of one produce.",
    labelNames,
    buckets: latencyBuckets,
    registers,
  });
  const appendFailures = new Counter({
    name: "sendsar_log_append_failures_total",
    help: "Produces that failed.",
    labelNames,
    registers,
  });
  const consumed = new Counter({
    name: "sendsar_log_consumed_records_total",
    help: "Records processed.",
    labelNames,
    registers,
  });
  const retries = new Counter({
    name: "sendsar_log_batch_failures_total",
    help: "Batches whose processing failed and is tried again.",
    labelNames,
    registers,
  });

  const lags = new Map<string, Map<number, Lag>>();
  const lagOf = (topic: string, partition: number): Lag => {
    const partitions = lags.get(topic) ?? new Map<number, Lag>();
    lags.set(topic, partitions);
    const lag = partitions.get(partition) ?? { records: 0, seconds: 0, stalled: false, atMs: 0 };
    partitions.set(partition, lag);
    lag.atMs = clock.nowMs();
    return lag;
  };
  const gaugeOf = (name: string, help: string, total: (lags: readonly Lag[]) => number) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const [topic, partitions] of lags) {
          for (const [partition, lag] of partitions) {
            if (clock.nowMs() - lag.atMs > forgottenAfterMs) partitions.delete(partition);
          }
          this.set({ topic }, total([...partitions.values()]));
        }
      },
    });
  gaugeOf("sendsar_log_lag_records", "Records after the newest one processed.", (all) =>
    all.reduce((sum, lag) => sum + lag.records, 0),
  );
  gaugeOf("sendsar_log_lag_seconds", "Age of the newest record processed, of the slowest partition.", (all) =>
    all.reduce((most, lag) => Math.max(most, lag.seconds), 0),
  );
  gaugeOf("sendsar_log_stalled_partitions", "Partitions whose last batch failed.", (all) =>
    all.reduce((count, lag) => count + (lag.stalled ? 1 : 0), 0),
  );

  return {
    appended: (topic, records, seconds) => {
      appended.inc({ topic }, records);
      appendSeconds.observe({ topic }, seconds);
    },
    appendFailed: (topic) => appendFailures.inc({ topic }),
    consumed: (topic, partition, records, behind, lagSeconds) => {
      consumed.inc({ topic }, records);
      Object.assign(lagOf(topic, partition), { records: behind, seconds: lagSeconds, stalled: false });
    },
    stalled: (topic, partition) => {
      retries.inc({ topic });
      lagOf(topic, partition).stalled = true;
    },
  };
}

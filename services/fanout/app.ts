import type { Registry } from "prom-client";
import type { EventLog, Running } from "#shared/log/log.ts";
import type { Service } from "#shared/service/lifecycle.ts";
import { Lane, type LaneDeps } from "./lane/lane.ts";
import { createFanoutMetrics } from "./metrics.ts";

export interface FanoutDeps extends Omit<LaneDeps, "metrics"> {
  readonly log: EventLog;
  readonly registry: Registry;
}

/** The single writer of the rooms in its partitions; nodes of the group share the partitions among them. */
export function createFanout(deps: FanoutDeps, config: { epoch: number }): Service {
  const { log, store, topics } = deps;
  const metrics = createFanoutMetrics(deps.registry);
  const lanes = new Map<number, Lane>();
  let running: Running | null = null;

  function assign(partition: number) {
    const lane = new Lane({ ...deps, metrics }, { partition, epoch: config.epoch });
    lanes.set(partition, lane);
    metrics.partitions.set(lanes.size);
    return {
      caughtUp: () => lane.caughtUp(),
      process: (batch: Parameters<Lane["process"]>[0]) => lane.process(batch),
      revoked: () => {
        if (lanes.get(partition) === lane) lanes.delete(partition);
        metrics.partitions.set(lanes.size);
        lane.revoked();
      },
    };
  }

  async function stop(): Promise<void> {
    await running?.stop();
    running = null;
  }

  return {
    name: "fanout",
    async start() {
      running = await log.subscribe({
        group: `${topics.commands}.fanout`,
        topics: [
          { name: topics.interest, start: "replayed" },
          { name: topics.commands, start: "committed" },
          { name: topics.signals, start: "committed" },
        ],
        assign,
      });
    },
    /** The batch in hand is finished and committed; the partitions go to others. */
    drain: stop,
    stop,
    async ready() {
      await Promise.all([log.ping(), store.ping()]);
    },
  };
}

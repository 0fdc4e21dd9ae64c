import type { Registry } from "prom-client";
import { DeadLetters } from "#shared/dead-letters/dead-letters.ts";
import { PoisonGuard } from "#shared/dead-letters/poison-guard.ts";
import type { Batch, EventLog, Running } from "#shared/log/log.ts";
import { enginesReady } from "#shared/service/engines-ready.ts";
import type { Service } from "#shared/service/lifecycle.ts";
import { mustKeepUp } from "./keeping-up.ts";
import { Lane, type LaneDeps } from "./lane/lane.ts";
import { MessageRows } from "./lane/message-rows.ts";
import { Turns } from "./lane/turns.ts";
import { createFanoutMetrics } from "./metrics.ts";

export interface FanoutDeps extends Omit<LaneDeps, "metrics" | "deadLetters" | "turns" | "messages"> {
  readonly log: EventLog;
  readonly registry: Registry;
  readonly logger: { error(fields: object, message: string): void };
}

/** The single writer of the rooms in its partitions; nodes of the group share the partitions among them. */
export function createFanout(deps: FanoutDeps, config: { epoch: number }): Service {
  const { log, store, topics, registry, logger } = deps;
  const deadLetters = new DeadLetters({ log, topics, service: "fanout", registry, logger });
  const lanes = new Map<number, Lane>();
  const turns = new Turns();
  const messages = new MessageRows();
  let running: Running | null = null;
  const delays = () => running?.delays() ?? [];
  const metrics = createFanoutMetrics(registry, delays);

  function assign(partition: number) {
    const parts = { ...deps, metrics, deadLetters, turns, messages };
    const lane = new Lane(parts, { partition, epoch: config.epoch });
    const guard = new PoisonGuard({
      process: (batch) => lane.process(batch),
      deadLetters,
      passedOver: () => lane.forgetRooms(),
    });
    lanes.set(partition, lane);
    metrics.partitions.set(lanes.size);
    return {
      caughtUp: () => lane.caughtUp(),
      process: (batch: Batch) => guard.process(batch),
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
      await enginesReady({ log, store });
      mustKeepUp(delays());
    },
  };
}

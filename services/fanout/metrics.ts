import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Delay } from "#shared/log/log.ts";

/**
 * No tenant, user or room in a label: those are without bound.
 *
 * @param delays what is behind now.
 */
export function createFanoutMetrics(registry: Registry, delays: () => readonly Delay[]) {
  const registers = [registry];
  const buckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5];
  new Gauge({
    name: "sendsar_fanout_delay_seconds",
    help: "For how long the owner of a partition has not come to its end; `all` where its group does not confirm it.",
    labelNames: ["partition"] as const,
    registers,
    collect() {
      this.reset();
      for (const { partition, seconds } of delays().toSorted((a, b) => a.seconds - b.seconds)) {
        this.set({ partition: partition === null ? "all" : String(partition) }, seconds);
      }
    },
  });
  return {
    commands: new Counter({
      name: "sendsar_fanout_commands_total",
      help: "Commands applied, by type and how they ended (an error code where refused).",
      labelNames: ["type", "outcome"] as const,
      registers,
    }),
    replayedCommands: new Counter({
      name: "sendsar_fanout_replayed_commands_total",
      help: "Commands given again after a crash or hand-over that were applied already.",
      registers,
    }),
    deliveries: new Counter({
      name: "sendsar_fanout_deliveries_total",
      help: "Items that commands sent to inboxes, once for each inbox: of type event, one for each gateway with somebody in the room.",
      labelNames: ["type"] as const,
      registers,
    }),
    signals: new Counter({
      name: "sendsar_fanout_signals_total",
      help: "Signals by what became of them: routed, unwanted (nobody to tell), stale, refused, unreadable, dropped.",
      labelNames: ["outcome"] as const,
      registers,
    }),
    persistSeconds: new Histogram({
      name: "sendsar_fanout_persist_seconds",
      help: "Time to write one batch of a partition to the store.",
      buckets,
      registers,
    }),
    emitSeconds: new Histogram({
      name: "sendsar_fanout_emit_seconds",
      help: "Time to append what one batch of a partition emits.",
      buckets,
      registers,
    }),
    roomsInMemory: new Gauge({
      name: "sendsar_fanout_rooms_in_memory",
      help: "Rooms whose state is in memory, by partition.",
      labelNames: ["partition"] as const,
      registers,
    }),
    partitions: new Gauge({
      name: "sendsar_fanout_partitions",
      help: "Partitions that this node owns now.",
      registers,
    }),
  };
}

export type FanoutMetrics = ReturnType<typeof createFanoutMetrics>;

import type { TopicSpec } from "./log.ts";
import { partitionOf } from "./partitioner.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** The topics of one deployment: names, counts and what is kept. `prefix` sets deployments on one cluster apart. */
export interface Topics {
  readonly commands: string;
  readonly events: string;
  readonly deliveries: string;
  readonly interest: string;
  readonly signals: string;
  readonly deadLetters: string;
  readonly webhookJobs: string;
  readonly media: string;
  readonly prefix: string;
  readonly partitions: number;
  readonly inboxPartitions: number;
  readonly specs: readonly TopicSpec[];
  /** The partition of a room, or of a user's channel, in `commands`, `events`, `interest` and `signals`. */
  partitionOf(tenantId: string, id: string): number;
}

export function topicsOf(options: { prefix: string; partitions: number; inboxPartitions: number }): Topics {
  const { prefix, partitions, inboxPartitions } = options;
  const names = {
    commands: `${prefix}commands`,
    events: `${prefix}events`,
    deliveries: `${prefix}deliveries`,
    interest: `${prefix}interest`,
    signals: `${prefix}signals`,
    deadLetters: `${prefix}dead-letters`,
    webhookJobs: `${prefix}webhook-jobs`,
    media: `${prefix}media`,
  };
  const keepFor = (retentionMs: number) => ({ policy: "delete", retentionMs }) as const;
  return {
    ...names,
    prefix,
    partitions,
    inboxPartitions,
    specs: [
      { name: names.commands, partitions, cleanup: keepFor(7 * day), durability: "synced" },
      // Made again from `commands`, and after a loss of power from the commands that were not yet applied.
      { name: names.events, partitions, cleanup: keepFor(7 * day), durability: "written" },
      {
        name: names.deliveries,
        partitions: inboxPartitions,
        cleanup: keepFor(10 * minute),
        durability: "volatile",
      },
      // Gateways whose interest is lost go down with it in an embedded deployment.
      { name: names.interest, partitions, cleanup: { policy: "compact" }, durability: "written" },
      { name: names.signals, partitions, cleanup: keepFor(minute), durability: "volatile" },
      { name: names.webhookJobs, partitions, cleanup: keepFor(7 * day), durability: "synced" },
      // Has no records: who owns a partition of it looks after the files of that partition.
      { name: names.media, partitions, cleanup: keepFor(minute), durability: "written" },
      // Rare, and read as a whole. Longer than the rest, as each waits for somebody to look at it.
      { name: names.deadLetters, partitions: 1, cleanup: keepFor(30 * day), durability: "synced" },
    ],
    partitionOf: (tenantId, id) => partitionOf(tenantId, id, partitions),
  };
}

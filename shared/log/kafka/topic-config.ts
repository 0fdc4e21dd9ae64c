import { limits } from "#shared/limits.ts";
import type { TopicSpec } from "../log.ts";

/** What a topic is made with; all else is as the brokers are set. */
export function topicConfig(
  { cleanup, durability }: TopicSpec,
  replicationFactor: number,
): { name: string; value: string }[] {
  const common = {
    "cleanup.policy": cleanup.policy,
    "message.timestamp.type": "LogAppendTime",
    // Without it acks=all is all that are in sync, which may be one. Two of three go on when one is lost; of two, an
    // append would wait for both.
    ...(replicationFactor >= 3 && durability !== "volatile" ? { "min.insync.replicas": "2" } : {}),
  };
  const config =
    cleanup.policy === "delete"
      ? {
          ...common,
          "retention.ms": String(cleanup.retentionMs),
          // A segment is removed as a whole, and not while it is written: ten of them per retention.
          "segment.ms": String(Math.max(60_000, Math.floor(cleanup.retentionMs / 10))),
        }
      : {
          ...common,
          "delete.retention.ms": String(limits.tombstoneKeepMs),
          // What is in the newest segment is not compacted, and whoever takes a partition over replays all of it.
          "segment.ms": "600000",
          "min.cleanable.dirty.ratio": "0.2",
        };
  return Object.entries(config).map(([name, value]) => ({ name, value }));
}

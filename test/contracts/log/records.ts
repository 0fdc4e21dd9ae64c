import type { NewRecord, TopicSpec } from "#shared/log/log.ts";

/** A topic like `commands`. */
export function synced(name: string, partitions = 1): TopicSpec {
  return { name, partitions, cleanup: { policy: "delete", retentionMs: 3_600_000 }, durability: "synced" };
}

/** A topic like `events`. */
export function written(name: string, partitions = 1): TopicSpec {
  return { ...synced(name, partitions), durability: "written" };
}

/** A topic like `interest`. */
export function compacted(name: string, partitions = 1): TopicSpec {
  return { name, partitions, cleanup: { policy: "compact" }, durability: "written" };
}

/** A topic like `deliveries`. */
export function volatile(name: string, partitions = 1): TopicSpec {
  return { ...synced(name, partitions), durability: "volatile" };
}

/** `count` records with the values "0", "1", … */
export function numbered(topic: string, count: number, options: { partition?: number; from?: number } = {}) {
  const { partition = 0, from = 0 } = options;
  return Array.from(
    { length: count },
    (_, n): NewRecord => ({ topic, partition, key: `key-${from + n}`, value: String(from + n) }),
  );
}

/** "from" … "to − 1". */
export function numbers(to: number, from = 0): string[] {
  return Array.from({ length: to - from }, (_, n) => String(from + n));
}

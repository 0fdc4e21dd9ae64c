import type { Administrator } from "./administrator.ts";
import { whileElecting } from "./leader-wait.ts";
import type { Progress } from "./stall-watch.ts";

/** The offsets that the next record of each of a topic's partitions gets. */
export async function endsOf(admin: Administrator, topic: string): Promise<Map<number, number>> {
  const offsets = await whileElecting(() => admin.run((client) => client.fetchTopicOffsets(topic)));
  return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
}

/** Those of the given that have records beyond what was received. */
export async function unreadOf(
  admin: Administrator,
  group: string,
  progress: readonly Progress[],
): Promise<Progress[]> {
  const topics = [...new Set(progress.map(({ topic }) => topic))];
  const ends = new Map(
    await Promise.all(topics.map(async (topic) => [topic, await endsOf(admin, topic)] as const)),
  );
  const committed = new Map<string, number>();
  // Where nothing came since the partition is ours, it is the group's own offset that counts.
  if (progress.some(({ received }) => received === null)) {
    const offsets = await admin.run((client) => client.fetchOffsets({ groupId: group, topics }));
    for (const { topic, partitions } of offsets) {
      for (const { partition, offset } of partitions) committed.set(`${topic}/${partition}`, Number(offset));
    }
  }
  return progress.filter(({ topic, partition, received }) => {
    const from = received ?? Math.max(0, committed.get(`${topic}/${partition}`) ?? 0);
    return (ends.get(topic)?.get(partition) ?? 0) > from;
  });
}

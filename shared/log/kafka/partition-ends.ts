import type { Administrator } from "./administrator.ts";
import { whileElecting } from "./leader-wait.ts";
import type { Progress } from "./stall-watch.ts";

/** The offsets that the next record of each of a topic's partitions gets. */
export async function endsOf(admin: Administrator, topic: string): Promise<Map<number, number>> {
  const bounds = await boundsOf(admin, topic);
  return new Map([...bounds].map(([partition, { high }]) => [partition, high]));
}

/** Of each partition the offset of the first record that is still there, and of the next that is appended. */
async function boundsOf(
  admin: Pick<Administrator, "run">,
  topic: string,
): Promise<Map<number, { low: number; high: number }>> {
  const offsets = await whileElecting(() => admin.run((client) => client.fetchTopicOffsets(topic)));
  return new Map(
    offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]),
  );
}

/** Those of the given that have records beyond what was received. */
export async function unreadOf(
  admin: Pick<Administrator, "run">,
  group: string,
  progress: readonly Progress[],
): Promise<Progress[]> {
  const topics = [...new Set(progress.map(({ topic }) => topic))];
  const bounds = new Map(
    await Promise.all(topics.map(async (topic) => [topic, await boundsOf(admin, topic)] as const)),
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
    const from = received ?? committed.get(`${topic}/${partition}`) ?? 0;
    const { low, high } = bounds.get(topic)?.get(partition) ?? { low: 0, high: 0 };
    // What was removed by its age can be read by nobody.
    return high > Math.max(from, low);
  });
}

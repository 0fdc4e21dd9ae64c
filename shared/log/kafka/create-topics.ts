import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { TopicSpec } from "../log.ts";
import type { Administrator } from "./administrator.ts";
import { whileElecting } from "./leader-wait.ts";
import { endsOf } from "./partition-ends.ts";
import { topicConfig } from "./topic-config.ts";

/** Makes the topics that are missing, and refuses one that has another partition count. Those that exist stay as they are. */
export async function createTopics(
  admin: Administrator,
  specs: readonly TopicSpec[],
  replicationFactor: number,
): Promise<void> {
  const existing = new Set(await admin.run((kafka) => kafka.listTopics()));
  const missing = specs.filter(({ name }) => !existing.has(name));
  if (missing.length > 0) {
    // Resolves with false where another node was faster.
    const topics = missing.map((spec) => ({
      topic: spec.name,
      numPartitions: spec.partitions,
      replicationFactor,
      configEntries: topicConfig(spec, replicationFactor),
    }));
    await admin.run((kafka) =>
      kafka.createTopics({ topics, timeout: limits.appendWaitMsMax, waitForLeaders: false }),
    );
    // Made is not ready: kafkajs would wait for leaders, but not for brokers to know of the topic at all.
    for (const { name } of missing) await endsOf(admin, name);
  }
  const names = specs.map(({ name }) => name);
  const { topics } = await whileElecting(() =>
    admin.run((kafka) => kafka.fetchTopicMetadata({ topics: names })),
  );
  for (const spec of specs) {
    const count = topics.find(({ name }) => name === spec.name)?.partitions.length ?? 0;
    if (count !== spec.partitions) {
      throw new AppError(
        "service_unavailable",
        `Topic ${spec.name} has ${count} partitions, not ${spec.partitions}.`,
      );
    }
  }
}

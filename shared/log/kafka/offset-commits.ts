import type { EachBatchPayload } from "kafkajs";
import { limits } from "#shared/limits.ts";
import type { Offset, Reader } from "./reader.ts";

type Commit = EachBatchPayload["commitOffsetsIfNecessary"];

/**
 * Commits, now and then, what a reader has processed: the contiguous beginning, as a lane processes in order.
 *
 * It uses the commit that comes with a batch, which asks once and carries the generation in which we own the
 * partitions. The consumer's own goes on asking after a rebalance, and so commits what is no longer ours (#1046).
 */
export class OffsetCommits {
  readonly #reader: Reader;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #committed = new Map<string, number>();
  #commit: Commit | null = null;
  #underWay: Promise<void> | null = null;

  constructor(reader: Reader, commits: boolean) {
    this.#reader = reader;
    if (commits) this.#timer = setInterval(() => void this.commit(), limits.offsetCommitMs).unref();
  }

  commitWith(commit: Commit): void {
    this.#commit = commit;
  }

  /** What fails is committed with the next one. */
  async commit(): Promise<void> {
    while (this.#underWay !== null) await this.#underWay;
    if (this.#commit === null || this.#timer === undefined) return;
    const offsets = this.#reader
      .processed()
      .filter(({ topic, partition, offset }) => this.#committed.get(`${topic}/${partition}`) !== offset);
    if (offsets.length === 0) return;
    this.#underWay = this.#send(this.#commit, offsets).finally(() => {
      this.#underWay = null;
    });
    await this.#underWay;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #send(commit: Commit, offsets: readonly Offset[]): Promise<void> {
    const byTopic = Map.groupBy(offsets, ({ topic }) => topic);
    try {
      await commit({
        topics: [...byTopic].map(([topic, places]) => ({
          topic,
          partitions: places.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
        })),
      });
    } catch {
      // The group is being shared out anew, or its coordinator moves.
      return;
    }
    for (const { topic, partition, offset } of offsets) this.#committed.set(`${topic}/${partition}`, offset);
  }
}

import { expect, vi } from "vitest";
import type { Batch, LogRecord, PartitionHandler } from "#shared/log/log.ts";

interface Given extends LogRecord {
  readonly topic: string;
  readonly partition: number;
  /** Whose handler got it. */
  readonly member: string;
}

/**
 * Handlers that note what they are given. It watches, over all its members, what no log may ever do: give a partition
 * to two owners at once, let calls of one partition overlap, call after `revoked`, or `caughtUp` twice.
 */
export class Collector {
  readonly given: Given[] = [];
  readonly caughtUp: number[] = [];
  readonly violations: string[] = [];
  /** Who got each partition last, and still has it. An owner may learn that it is none only after the next has begun. */
  readonly owners = new Map<number, string>();
  /** Runs within each `process`; what it rejects with, the handler rejects with. */
  during: (batch: Batch, member: string) => void | Promise<void> = () => {};
  /** Of handlers that begin from now on. */
  whileCatchingUp: () => void | Promise<void> = () => {};
  readonly #inHand = new Map<number, string>();

  /** `assign` for a subscription. */
  member(member: string): (partition: number) => PartitionHandler {
    return (partition) => {
      this.owners.set(partition, member);
      let over = false;
      let caught = false;
      const call = async (what: string, work: () => void | Promise<void>) => {
        if (over) this.#violation(`${what} of ${partition} at ${member} after it was revoked`);
        const owner = this.owners.get(partition);
        if (owner !== member) this.#violation(`${what} of ${partition} at ${member} while ${owner} has it`);
        const inHand = this.#inHand.get(partition);
        if (inHand !== undefined) this.#violation(`${what} of ${partition} at ${member} during ${inHand}`);
        this.#inHand.set(partition, `${what} at ${member}`);
        try {
          await work();
        } finally {
          this.#inHand.delete(partition);
        }
      };
      return {
        caughtUp: () =>
          call("caughtUp", async () => {
            if (caught) this.#violation(`caughtUp of ${partition} twice`);
            await this.whileCatchingUp();
            caught = true;
            this.caughtUp.push(partition);
          }),
        process: (batch) => call(`process ${batch.topic}`, () => this.#note(batch, member)),
        revoked: () => {
          over = true;
          if (this.owners.get(partition) === member) this.owners.delete(partition);
        },
      };
    };
  }

  /** `process` for a tail. */
  async process(batch: Batch): Promise<void> {
    await this.#note(batch, "tail");
  }

  /** Values of a topic, by partition, in the order given; repeats included. */
  values(topic: string, partition = 0): (string | null)[] {
    return this.#of(topic, partition).map(({ value }) => value);
  }

  offsets(topic: string, partition = 0): number[] {
    return this.#of(topic, partition).map(({ offset }) => offset);
  }

  count(topic: string): number {
    return this.given.filter((record) => record.topic === topic).length;
  }

  async until(condition: () => boolean, what = "the handlers were given what they should"): Promise<void> {
    await vi.waitFor(() => expect(condition(), what).toBe(true), { timeout: 40_000, interval: 10 });
  }

  /** The offsets of each partition start at `from` and have no holes; a repeat begins again at one given before. */
  expectNoHoles(topic: string, partition = 0, from = 0): void {
    let next = from;
    for (const offset of this.offsets(topic, partition)) {
      expect(offset, `after ${next - 1} of ${topic}/${partition}`).toBeLessThanOrEqual(next);
      next = Math.max(next, offset + 1);
    }
  }

  #of(topic: string, partition: number): Given[] {
    return this.given.filter((record) => record.topic === topic && record.partition === partition);
  }

  async #note(batch: Batch, member: string): Promise<void> {
    await this.during(batch, member);
    const { topic, partition } = batch;
    for (const record of batch.records) this.given.push({ ...record, topic, partition, member });
  }

  #violation(what: string): void {
    this.violations.push(what);
  }
}

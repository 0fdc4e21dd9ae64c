import { setImmediate as nextTurn } from "node:timers/promises";
import { limits } from "#shared/limits.ts";
import { backoffMs } from "./backoff.ts";
import type { Batch, Delay, LogObserver, LogRecord, PartitionHandler } from "./log.ts";
import { Signal } from "./signal.ts";

/** What one topic has for the lane of a partition. */
export interface LaneSource {
  readonly topic: string;
  /** Of a replayed topic: not all that it held at the start has been taken. */
  readonly replaying: boolean;
  /** The next records, in order; empty when there are none now. The same again until `done` was called. */
  peek(): { readonly records: readonly LogRecord[]; readonly behind: number };
  /** What `peek` gave was processed. */
  done(): void;
}

interface LaneOptions {
  readonly partition: number;
  readonly handler: PartitionHandler;
  readonly sources: readonly LaneSource[];
  readonly observer: LogObserver;
  /** False while we cannot be sure that the partition is still ours: nothing is given then. */
  readonly mayRun?: () => boolean;
}

/**
 * One partition's thread: gives the handler the records of all its topics, one batch at a time, topic by topic in
 * turn. What the handler rejects is given again, for ever. Replayed topics come first and alone, then `caughtUp`.
 */
export class Lane {
  /** Resolves when the lane was stopped and `revoked` has been called. */
  readonly ended: Promise<void>;
  readonly #options: LaneOptions;
  readonly #signal = new Signal();
  #inHand: Promise<void> = Promise.resolve();
  readonly #busy = new Map<string, { readonly sinceMs: number; error: unknown }>();
  #stopped = false;
  #turn = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.ended = this.#run();
  }

  /** There may be something new to read. */
  wake(): void {
    this.#signal.wake();
  }

  /** Resolves when the call in hand, if there is one, has ended well or badly. */
  async idle(): Promise<void> {
    await this.#inHand.catch(() => {});
  }

  /** The topics of which it has not come to the end, and since when. */
  delays(): Delay[] {
    const { partition } = this.#options;
    const nowMs = performance.now();
    return [...this.#busy].map(([topic, { sinceMs, error }]) => {
      return { topic, partition, seconds: (nowMs - sinceMs) / 1_000, error };
    });
  }

  /** Nothing more is given. Resolves after the batch in hand; `revoked` has been called then. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#signal.wake();
    return this.ended;
  }

  async #run(): Promise<void> {
    const { sources, handler } = this.#options;
    // A handler may call the subscription's owner, which must have returned first.
    await nextTurn();
    const replayed = sources.filter((source) => source.replaying);
    for (const { topic } of replayed) this.#begin(topic);
    while (!this.#stopped && replayed.some((source) => source.replaying)) await this.#step(replayed);
    if (!this.#stopped) {
      const topic = replayed[0]?.topic ?? sources[0]?.topic ?? "";
      await this.#insist(topic, () => handler.caughtUp());
    }
    for (const { topic } of replayed) this.#busy.delete(topic);
    while (!this.#stopped) await this.#step(sources);
    handler.revoked();
  }

  /** Processes one batch, or waits for one. */
  async #step(sources: readonly LaneSource[]): Promise<void> {
    for (let tried = 0; tried < sources.length; tried += 1) {
      this.#turn = (this.#turn + 1) % sources.length;
      const source = sources[this.#turn];
      if (source !== undefined && (await this.#processFrom(source))) {
        // Handlers that never wait for I/O would keep sockets and timers waiting.
        await nextTurn();
        return;
      }
    }
    if (!this.#stopped) await this.#signal.wait();
  }

  /** @returns false when the source had nothing. */
  async #processFrom(source: LaneSource): Promise<boolean> {
    const { handler, partition, observer } = this.#options;
    let batch = null as Batch | null;
    const finished = await this.#insist(source.topic, async () => {
      const next = source.peek();
      batch = next.records.length === 0 ? null : { topic: source.topic, partition, ...next };
      if (batch === null) return;
      this.#begin(source.topic);
      await handler.process(batch);
    });
    if (!finished || batch === null) return false;
    source.done();
    if (batch.behind === 0 && !source.replaying) this.#busy.delete(source.topic);
    report(observer, batch);
    return true;
  }

  /** From here on it is busy with a topic, until it has come to the end of it. */
  #begin(topic: string): void {
    if (!this.#busy.has(topic)) this.#busy.set(topic, { sinceMs: performance.now(), error: null });
  }

  #failed(topic: string, error: unknown): void {
    this.#begin(topic);
    const busy = this.#busy.get(topic);
    if (busy !== undefined) busy.error = error;
  }

  /** @returns false when the lane was stopped before `work` succeeded. */
  async #insist(topic: string, work: () => Promise<void>): Promise<boolean> {
    const { observer, partition, mayRun } = this.#options;
    const bounds = { min: limits.laneRetryMsMin, max: limits.laneRetryMsMax };
    for (let attempt = 0; !this.#stopped; ) {
      if (mayRun !== undefined && !mayRun()) {
        await this.#signal.wait(limits.laneRetryMsMin);
        continue;
      }
      try {
        this.#inHand = work();
        await this.#inHand;
        const busy = this.#busy.get(topic);
        if (busy !== undefined) busy.error = null;
        return true;
      } catch (error) {
        this.#failed(topic, error);
        observer.stalled(topic, partition, error);
        await this.#pause(backoffMs(attempt, bounds));
        attempt += 1;
      }
    }
    return false;
  }

  /** Sits out the whole pause, whatever arrives meanwhile; a stop ends it. */
  async #pause(ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (let left = ms; left > 0 && !this.#stopped; left = until - performance.now()) {
      await this.#signal.wait(left);
    }
    this.#signal.wake();
  }
}

function report(observer: LogObserver, { topic, partition, records, behind }: Batch): void {
  const newest = records.at(-1);
  const lagSeconds = newest === undefined ? 0 : Math.max(0, Date.now() - newest.timestampMs) / 1_000;
  observer.consumed(topic, partition, records.length, behind, lagSeconds);
}

import { limits } from "#shared/limits.ts";
import { backoffMs } from "../backoff.ts";
import type { Delay, Running } from "../log.ts";
import type { LogLogger } from "../log-logger.ts";
import type { ConsumerSession } from "./consumer-session.ts";
import type { Reader } from "./reader.ts";
import { type Progress, StallWatch } from "./stall-watch.ts";
import { within } from "./within.ts";

interface SupervisedReader extends Reader {
  received(): Progress[];
  delays(): Delay[];
  stop(): Promise<void>;
}

interface SupervisorOptions {
  readonly group: string;
  /** To name in a delay that concerns all there is. */
  readonly topic: string;
  readonly reader: SupervisedReader;
  readonly session: (onCrash: (error: Error) => void) => ConsumerSession;
  /** Those of the given that have records beyond what was received. */
  readonly unread: (progress: readonly Progress[]) => Promise<readonly Progress[]>;
  readonly logger: LogLogger;
}

/** Keeps one reader fed: a consumer that crashed, or that holds a partition without reading it, is made anew. */
export class Supervisor implements Running {
  readonly #options: SupervisorOptions;
  #session: ConsumerSession | null = null;
  #watch: StallWatch | null = null;
  #stopped = false;
  #restarts = 0;
  /** When a consumer before this one was last confirmed. */
  #confirmedMs = performance.now();
  #restarting: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** @throws what the first consumer met; then nothing is left running. */
  async start(): Promise<void> {
    try {
      await this.#begin();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  delays(): Delay[] {
    const { reader, topic } = this.#options;
    const confirmedMs = Math.max(this.#confirmedMs, this.#session?.confirmedMs ?? 0);
    const seconds = (performance.now() - confirmedMs) / 1_000;
    if (seconds * 1_000 < limits.groupSessionMs) return reader.delays();
    const error = new Error("The consumer is not confirmed as a member of its group.");
    return [...reader.delays(), { topic, partition: null, seconds, error }];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch?.stop();
    await this.#options.reader.stop();
    // What a restart waits for may be a Kafka that is not there.
    await within(limits.groupHandoverMsMax, this.#restarting ?? Promise.resolve());
    await this.#session?.close();
  }

  async #begin(): Promise<void> {
    const { reader, session: create, unread } = this.#options;
    let started = false;
    const session = create((error) => {
      if (started) this.#restart(session, error);
    });
    this.#session = session;
    await session.start();
    started = true;
    this.#watch = new StallWatch({
      session,
      received: () => reader.received(),
      unread,
      onStall: (reason) => this.#restart(session, new Error(reason)),
    });
  }

  #restart(ended: ConsumerSession, reason: Error): void {
    if (this.#stopped || ended !== this.#session || this.#restarting !== null) return;
    const { group, logger } = this.#options;
    logger.warn({ err: reason, group }, "A consumer has failed and is made anew.");
    this.#restarting = this.#replace(ended).finally(() => {
      this.#restarting = null;
    });
  }

  async #replace(ended: ConsumerSession): Promise<void> {
    this.#watch?.stop();
    this.#confirmedMs = Math.max(this.#confirmedMs, ended.confirmedMs);
    const since = performance.now();
    this.#options.reader.left();
    await ended.close();
    while (!this.#stopped) {
      const bounds = { min: limits.consumerRestartMsMin, max: limits.consumerRestartMsMax };
      await new Promise((resolve) => setTimeout(resolve, backoffMs(this.#restarts, bounds)));
      if (this.#stopped) return;
      try {
        await this.#begin();
        this.#restarts = 0;
        this.#options.logger.warn(
          { group: this.#options.group, ms: Math.round(performance.now() - since) },
          "The consumer reads again.",
        );
        return;
      } catch (error) {
        this.#restarts += 1;
        this.#options.logger.error(
          { err: error, group: this.#options.group },
          "A consumer could not be started.",
        );
        this.#options.reader.left();
        await this.#session?.close();
      }
    }
  }
}

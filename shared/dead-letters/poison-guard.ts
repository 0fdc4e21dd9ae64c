import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Batch, LogRecord } from "#shared/log/log.ts";
import type { DeadLetters } from "./dead-letters.ts";

/** The batch that has failed: told by its first record, as more may come behind. */
interface Suspect {
  readonly topic: string;
  readonly offset: number;
  /** Its records are tried one at a time. */
  alone: boolean;
  /** Then: those before were processed, or passed over. */
  next: number;
  /** Of the batch, or of the record that is next. */
  failures: number;
}

interface PoisonGuardOptions {
  readonly process: (batch: Batch) => Promise<void>;
  readonly deadLetters: Pick<DeadLetters, "add">;
  /** A record was passed over: what of it was done before it failed is not known. */
  readonly passedOver: () => void;
}

/**
 * Keeps one record that always fails from holding up its partition for ever.
 *
 * A batch that has failed so many times, for another reason than an engine that is away, is given one record at a
 * time; the record that fails so many times alone becomes a dead letter. The pauses between the tries are the log's:
 * some twenty seconds for each record, so that a fault that is met by all of them cannot empty a partition in a
 * moment.
 */
export class PoisonGuard {
  readonly #options: PoisonGuardOptions;
  #suspect: Suspect | null = null;

  constructor(options: PoisonGuardOptions) {
    this.#options = options;
  }

  /** @throws what the processing met: the same batch is to be given again. */
  async process(batch: Batch): Promise<void> {
    const suspect = this.#suspectOf(batch);
    if (suspect.alone) {
      for (const record of batch.records) {
        if (record.offset < suspect.next) continue;
        await this.#alone(batch, record, suspect);
        suspect.next = record.offset + 1;
        suspect.failures = 0;
      }
    } else {
      await this.#together(batch, suspect);
    }
    this.#suspect = null;
  }

  #suspectOf({ topic, records }: Batch): Suspect {
    const offset = records[0]?.offset ?? 0;
    if (this.#suspect?.topic !== topic || this.#suspect.offset !== offset) {
      this.#suspect = { topic, offset, alone: false, next: offset, failures: 0 };
    }
    return this.#suspect;
  }

  async #together(batch: Batch, suspect: Suspect): Promise<void> {
    try {
      await this.#options.process(batch);
    } catch (error) {
      if (!mayPass(error)) suspect.failures += 1;
      if (suspect.failures >= limits.poisonTriesMax) Object.assign(suspect, { alone: true, failures: 0 });
      throw error;
    }
  }

  async #alone(batch: Batch, record: LogRecord, suspect: Suspect): Promise<void> {
    const { process, deadLetters, passedOver } = this.#options;
    try {
      await process({ ...batch, records: [record] });
    } catch (error) {
      if (mayPass(error)) throw error;
      suspect.failures += 1;
      if (suspect.failures < limits.poisonTriesMax) throw error;
      const { topic, partition } = batch;
      await deadLetters.add({ topic, partition }, [{ record, reason: "failing", error }]);
      passedOver();
    }
  }
}

/** An engine that is away, or has too much to do, says nothing about the record. */
function mayPass(error: unknown): boolean {
  return error instanceof AppError && error.retryable && error.code !== "internal";
}

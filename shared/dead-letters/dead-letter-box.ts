import { randomUUID } from "node:crypto";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import { checker } from "#shared/protocol/checker.ts";
import { DeadLetterRecord, DeadLetterReplayed } from "#shared/protocol/dead-letters.ts";
import { replayedRecord } from "./letter-records.ts";
import { type DeadLetter, LetterShelf, type WholeLetter } from "./letter-shelf.ts";

interface DeadLetterBoxOptions {
  readonly log: Pick<EventLog, "append" | "subscribe">;
  readonly topics: Topics;
  readonly clock: Clock;
}

const readLetter = checker(DeadLetterRecord);
const readReplayed = checker(DeadLetterReplayed);

/**
 * What an operator does with dead letters. There are few, so each call reads the topic from its beginning; calls wait
 * for one another.
 */
export class DeadLetterBox {
  readonly #options: DeadLetterBoxOptions;
  /** Of this process alone: a group would share the partition out. */
  readonly #group: string;
  #reading: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: DeadLetterBoxOptions) {
    this.#options = options;
    this.#group = `${options.topics.deadLetters}.operator-${randomUUID()}`;
  }

  /** Newest first. `before`: those that came before this place, which is the `next` of the page before. */
  async list(page: {
    before?: number;
    limit: number;
  }): Promise<{ items: DeadLetter[]; next: number | null }> {
    const shelf = await this.#read(() => new LetterShelf({ before: page.before, count: page.limit + 1 }));
    const letters = shelf.newestFirst();
    const shown = letters.slice(0, page.limit);
    const next = letters.length > shown.length ? (shown.at(-1)?.place ?? null) : null;
    return { items: shown.map(({ letter }) => letter), next };
  }

  /** @throws AppError dead_letter_not_found. */
  async find(id: string): Promise<WholeLetter> {
    const shelf = await this.#read(() => new LetterShelf({ only: id }));
    const letter = shelf.whole(id);
    if (letter === null) throw new AppError("dead_letter_not_found");
    return letter;
  }

  /**
   * Appends the record to its partition once more, where it is processed like a new one, and notes that in the topic.
   *
   * @throws AppError dead_letter_not_found, not_replayable, log_unavailable.
   */
  async replay(id: string): Promise<DeadLetter> {
    const { log, topics, clock } = this.#options;
    const { letter, value, text } = await this.find(id);
    const topic = topics.prefix + letter.topic;
    const spec = topics.specs.find(({ name }) => name === topic);
    if (spec === undefined || spec.durability === "volatile" || letter.partition >= spec.partitions) {
      throw new AppError("not_replayable", "Its topic or its partition is not of this deployment.");
    }
    if (value !== null && text === null) throw new AppError("not_replayable");
    await log.append([{ topic, partition: letter.partition, key: letter.key, value: text }]);
    const replayedAt = rfc3339(clock.nowMs());
    await log.append([replayedRecord(topics, id, replayedAt)]);
    return { ...letter, replayedAt };
  }

  #read(shelfOf: () => LetterShelf): Promise<LetterShelf> {
    if (this.#waiting > limits.deadLettersReadsWaitingMax) throw new AppError("overloaded");
    this.#waiting += 1;
    const reading = this.#reading.then(() => this.#readAll(shelfOf)).finally(() => (this.#waiting -= 1));
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #readAll(shelfOf: () => LetterShelf): Promise<LetterShelf> {
    const { log, topics } = this.#options;
    const { promise: whole, resolve, reject } = Promise.withResolvers<LetterShelf>();
    const timer = setTimeout(
      () => reject(new AppError("log_unavailable", "The dead letters could not be read in time.")),
      limits.deadLettersReadMsMax,
    );
    try {
      const running = await log.subscribe({
        group: this.#group,
        topics: [{ name: topics.deadLetters, start: "replayed" }],
        assign: () => {
          // Anew at each hand-over, as all is read again.
          const shelf = shelfOf();
          return {
            process: async ({ records }) => {
              for (const { offset, value } of records) put(shelf, offset, value);
            },
            caughtUp: async () => resolve(shelf),
            revoked: () => {},
          };
        },
      });
      return await whole.finally(() => running.stop());
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What is no record of ours cannot be a letter. */
function put(shelf: LetterShelf, offset: number, value: string | null): void {
  try {
    const record = JSON.parse(value ?? "null") as { type?: unknown } | null;
    if (record?.type === "replayed") shelf.replayed(readReplayed(record));
    else shelf.put(offset, readLetter(record));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof AppError)) throw error;
  }
}

import { Counter, type Registry } from "prom-client";
import { type Clock, systemClock } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import { type DeadPlace, type DeadRecord, deadLetterId, letterRecords } from "./letter-records.ts";

interface DeadLettersOptions {
  readonly log: Pick<EventLog, "append">;
  readonly topics: Topics;
  /** Who passes records over. */
  readonly service: string;
  readonly registry: Registry;
  readonly logger: { error(fields: object, message: string): void };
  readonly clock?: Clock;
}

/**
 * Where records go that a partition has to go on without, so that an operator can look at them and give them back.
 */
export class DeadLetters {
  readonly #options: DeadLettersOptions;
  readonly #clock: Clock;
  readonly #counter: Counter<"topic" | "reason">;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#counter = counterOf(options.registry);
  }

  /**
   * Keeps them. When this resolves they are durable, and may be passed over.
   *
   * @throws AppError log_unavailable, overloaded: the partition has to wait.
   */
  async add(place: DeadPlace, dead: readonly DeadRecord[]): Promise<void> {
    if (dead.length === 0) return;
    const { log, topics, service, logger } = this.#options;
    const by = { service, nowMs: this.#clock.nowMs() };
    await log.append(dead.flatMap((each) => letterRecords(topics, place, each, by)));
    for (const { record, reason, error } of dead) {
      this.#counter.inc({ topic: place.topic, reason });
      const id = deadLetterId(topics, place, record.offset);
      logger.error({ deadLetterId: id, reason, err: shown(reason, error) }, "a record is passed over");
    }
  }
}

/** What cannot be parsed is quoted in the parser's complaint, and what people wrote is in no log. */
function shown(reason: DeadRecord["reason"], error: unknown): unknown {
  if (reason === "failing") return error;
  if (error instanceof AppError) return { code: error.code, details: error.details };
  return error instanceof Error ? error.name : "unknown";
}

/** Services of one process share it. */
function counterOf(registry: Registry): Counter<"topic" | "reason"> {
  const name = "sendsar_dead_letters_total";
  const known = registry.getSingleMetric(name) as Counter<"topic" | "reason"> | undefined;
  return (
    known ??
    new Counter({
      name,
      help: "Records that were passed over and put into dead-letters: unreadable, or failing each time.",
      labelNames: ["topic", "reason"] as const,
      registers: [registry],
    })
  );
}

import type { Histogram } from "prom-client";
import { AppError } from "#shared/errors/app-error.ts";
import type { InboxAddress } from "#shared/inbox/inbox.ts";
import type { EventLog, NewRecord } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { Command, RoomCommand } from "#shared/protocol/commands.ts";
import type { Outcome } from "#shared/protocol/records.ts";
import type { AppliedWaiters } from "./applied.ts";

/** What a command became: an outcome that is not a refusal, or null where it is durable but not known to be applied. */
export type Applied = Exclude<Outcome, { result: "refused" }> | null;

/** How long it took to hear what became of commands. */
export interface AppliedMetrics {
  readonly applied: Histogram<"outcome">;
}

/** The way into `commands`. The log groups what arrives while a produce is in flight. */
export class Commands {
  readonly #log: EventLog;
  readonly #topics: Topics;
  readonly #waiters: AppliedWaiters;
  readonly #metrics: AppliedMetrics;
  readonly #inbox: () => InboxAddress | null;

  /** @param deps.inbox where replies reach this node; null while it has none. */
  constructor(deps: {
    log: EventLog;
    topics: Topics;
    waiters: AppliedWaiters;
    metrics: AppliedMetrics;
    inbox: () => InboxAddress | null;
  }) {
    this.#log = deps.log;
    this.#topics = deps.topics;
    this.#waiters = deps.waiters;
    this.#metrics = deps.metrics;
    this.#inbox = deps.inbox;
  }

  /**
   * Resolves when all are durable.
   *
   * @throws AppError log_unavailable (outcome unknown), overloaded (nothing was taken).
   */
  async append(commands: readonly Command[]): Promise<void> {
    if (commands.length > 0) await this.#log.append(commands.map((command) => this.#recordOf(command)));
  }

  /**
   * Appends a command and waits for what its room's owner says.
   *
   * @throws AppError with the code of a refusal; log_unavailable, overloaded; service_unavailable while no reply can
   *   reach this node.
   */
  async apply(command: RoomCommand): Promise<Applied> {
    const address = this.#inbox();
    if (address === null) throw new AppError("service_unavailable", "This node is not ready.");
    const { inbox, partition } = address;
    const waiter = this.#waiters.open();
    const { requestId } = waiter;
    try {
      await this.append([{ ...command, replyTo: { inbox, partition, requestId } }]);
    } catch (error) {
      waiter.abandon();
      throw error;
    }
    const stop = this.#metrics.applied.startTimer();
    const outcome = await waiter.outcome();
    stop({ outcome: outcome?.result ?? "timeout" });
    if (outcome?.result === "refused") throw new AppError(outcome.code, outcome.message);
    return outcome;
  }

  #recordOf(command: Command): NewRecord {
    // A user's own channel is a partition of its own.
    const id = "roomId" in command && command.type !== "user.joined" ? command.roomId : command.userId;
    return {
      topic: this.#topics.commands,
      partition: this.#topics.partitionOf(command.tenantId, id),
      key: `${command.tenantId}/${id}`,
      value: JSON.stringify(command),
    };
  }
}

import { randomUUID } from "node:crypto";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { DeliveryItem, Outcome } from "#shared/protocol/records.ts";

export interface Waiter {
  readonly requestId: string;
  /** The reply, or null where none came within `limits.appliedWaitMsMax` of this call. Called once. */
  outcome(): Promise<Outcome | null>;
  /** Nobody wants the reply any more. */
  abandon(): void;
}

/** REST writes that wait to hear from fanout what became of their command. */
export class AppliedWaiters {
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();

  get size(): number {
    return this.#waiting.size;
  }

  /**
   * To be made before the command is appended, as the reply may come before the append is known to be done.
   *
   * @throws AppError overloaded.
   */
  open(): Waiter {
    if (this.#waiting.size >= limits.appliedWaitersMax) {
      throw new AppError("overloaded", "Too many writes wait to be applied.");
    }
    const requestId = randomUUID();
    const { promise, resolve } = Promise.withResolvers<Outcome | null>();
    this.#waiting.set(requestId, resolve);
    const abandon = () => void this.#waiting.delete(requestId);
    return {
      requestId,
      abandon,
      outcome: async () => {
        const timer = setTimeout(() => resolve(null), limits.appliedWaitMsMax);
        try {
          return await promise;
        } finally {
          clearTimeout(timer);
          abandon();
        }
      },
    };
  }

  /** Takes what came to the inbox. A reply that nobody waits for any more is dropped. */
  receive(items: readonly DeliveryItem[]): void {
    for (const item of items) {
      if (item.type === "reply") this.#waiting.get(item.requestId)?.(item.outcome);
    }
  }
}

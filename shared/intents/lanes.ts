import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { partitionOf } from "#shared/log/partitioner.ts";
import type { Intent, IntentResult, IntentSink } from "#shared/protocol/intents.ts";

export interface LanedSink extends IntentSink {
  /** Takes nothing new; resolves when all it has is answered. */
  drain(): Promise<void>;
}

interface Waiting {
  readonly intent: Intent;
  readonly settle: (result: IntentResult) => void;
}

/**
 * Group commit that keeps order: a room belongs to one lane, a lane has one delivery under way, and what arrives
 * meanwhile goes with the next. Nothing waits for a timer.
 *
 * @param deliver answers in order; a rejection becomes the answer to each of its intents, and where it says that
 * something is away also to those that wait behind them.
 */
export function createLanedSink(options: {
  lanes: number;
  /** Tenants whose intents may take long: theirs have lanes of their own, and nobody else waits behind them. */
  slow?: { readonly lanes: number; readonly isSlow: (tenantId: string) => boolean };
  deliver: (intents: readonly Intent[]) => Promise<readonly IntentResult[]>;
}): LanedSink {
  const { deliver, slow } = options;
  const lanes = Array.from({ length: options.lanes + (slow?.lanes ?? 0) }, (): Waiting[] => []);
  const busy = new Set<number>();
  let held = 0;
  let draining = false;
  let drained: (() => void) | null = null;

  function answer(batch: readonly Waiting[], resultOf: (index: number) => IntentResult): void {
    held -= batch.length;
    for (const [index, { settle }] of batch.entries()) settle(resultOf(index));
  }

  const run = async (lane: number, waiting: Waiting[]): Promise<void> => {
    busy.add(lane);
    while (waiting.length > 0) {
      const batch = waiting.splice(0, limits.commandBatchMax);
      try {
        const results = await deliver(batch.map(({ intent }) => intent));
        answer(batch, (index) => results[index] ?? lost);
      } catch (thrown) {
        // Those behind would each wait as long again for what is away; refused now, they may come again.
        if (isAway(thrown)) batch.push(...waiting.splice(0));
        answer(batch, () => intentRefusal(thrown));
      }
    }
    busy.delete(lane);
    if (held === 0) drained?.();
  };

  const enqueue = (intent: Intent): Promise<IntentResult> =>
    new Promise((settle) => {
      const { tenantId, userId, frame } = intent;
      const id = "roomId" in frame ? frame.roomId : userId;
      const lane = slow?.isSlow(tenantId)
        ? options.lanes + partitionOf(tenantId, id, slow.lanes)
        : partitionOf(tenantId, id, options.lanes);
      const waiting = lanes[lane] as Waiting[];
      waiting.push({ intent, settle });
      if (!busy.has(lane)) void run(lane, waiting);
    });

  return {
    submit: async (intents) => {
      if (draining) throw new AppError("draining");
      if (held + intents.length > limits.intentQueueMax) throw new AppError("overloaded");
      held += intents.length;
      return Promise.all(intents.map(enqueue));
    },
    drain: async () => {
      draining = true;
      if (held > 0) {
        await new Promise<void>((resolve) => {
          drained = resolve;
        });
      }
    },
  };
}

const lost: IntentResult = {
  ok: false,
  code: "internal",
  message: "An answer is missing.",
};

/** What says nothing about the intents themselves. */
function isAway(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.retryable && thrown.code !== "internal";
}

/** A failure as the answer to one intent. */
export function intentRefusal(thrown: unknown): IntentResult {
  const { code, message, details, retryAfterMs } = AppError.from(thrown);
  return {
    ok: false,
    code,
    message,
    ...(details === undefined ? {} : { details: [...details] }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.ceil(retryAfterMs) }),
  };
}

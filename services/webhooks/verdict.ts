import { limits } from "#shared/limits.ts";
import type { OutboundAnswer } from "#shared/outbound/client.ts";
import type { OutboundFailure } from "#shared/outbound/failure.ts";
import type { DeliveryStatus } from "#shared/protocol/webhooks.ts";

/** What became of a call: an answer, or none. */
export type Result = OutboundAnswer | OutboundFailure;

export interface Verdict {
  readonly status: Exclude<DeliveryStatus, "pending">;
  /** From now; null: no further try. */
  readonly retryMs: number | null;
  /** The endpoint has asked for nothing more, ever. */
  readonly gone: boolean;
  /** For so long it has asked for nothing more, of any delivery. */
  readonly pauseMs: number;
}

/**
 * What follows from a call. 2xx is success, 410 ends the endpoint, and all else is tried again as the schedule says,
 * redirects included; not before a 429 or 503 has said that it may be.
 *
 * @param of.tries made so far, this one included.
 * @param of.chance from 0 to 1, for jitter.
 */
export function judge(
  result: Result,
  of: {
    readonly tries: number;
    readonly scheduleMs: readonly number[];
    readonly nowMs: number;
    readonly chance: number;
  },
): Verdict {
  const status = "status" in result ? result.status : null;
  if (status !== null && status >= 200 && status < 300) {
    return { status: "succeeded", retryMs: null, gone: false, pauseMs: 0 };
  }
  if (status === 410) return { status: "exhausted", retryMs: null, gone: true, pauseMs: 0 };
  const asked = "status" in result && (status === 429 || status === 503) ? askedMs(result, of.nowMs) : 0;
  const pauseMs = Math.min(asked, limits.webhookPauseMsMax);
  const scheduled = of.scheduleMs[of.tries];
  if (scheduled === undefined) return { status: "exhausted", retryMs: null, gone: false, pauseMs };
  // Only ever later: those that failed together do not come back together, nor before they may.
  const retryMs = Math.max(scheduled, asked) * (1 + limits.webhookJitterPercentMax * 0.01 * of.chance);
  return { status: "failed", retryMs: Math.round(retryMs), gone: false, pauseMs };
}

/** `retry-after`, in seconds or as a date; 0 where it says nothing that makes sense. */
function askedMs({ retryAfter }: OutboundAnswer, nowMs: number): number {
  if (retryAfter === null) return 0;
  const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - nowMs;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(0, ms), limits.webhookRetryAfterMsMax);
}

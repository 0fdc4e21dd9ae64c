import { type Clock, rfc3339 } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { OutboundClient } from "#shared/outbound/client.ts";
import { OutboundFailure } from "#shared/outbound/failure.ts";
import { signedHeaders } from "#shared/outbound/signature.ts";
import type { DeliveryAttempt, DeliveryProgress, KeptDelivery } from "#shared/store/webhook-deliveries.ts";
import type { KeptWebhookEndpoint } from "#shared/store/webhook-store.ts";
import { judge, type Result, type Verdict } from "./verdict.ts";

interface AttemptDeps {
  readonly outbound: Pick<OutboundClient, "post">;
  readonly clock: Clock;
  readonly scheduleMs: readonly number[];
  readonly timeoutMs: number;
}

export interface AttemptEnd {
  readonly made: DeliveryAttempt;
  readonly verdict: Verdict;
  /** Of those that the schedule allows. */
  readonly tries: number;
  /** RFC 3339. */
  readonly nextAttemptAt: string | null;
}

/** Calls the endpoint once. */
export async function attempt(
  deps: AttemptDeps,
  endpoint: KeptWebhookEndpoint,
  delivery: KeptDelivery,
): Promise<AttemptEnd> {
  const { outbound, clock, scheduleMs, timeoutMs } = deps;
  const { progress } = delivery;
  const atMs = clock.nowMs();
  const begun = performance.now();
  const headers = {
    ...endpoint.headers,
    "content-type": "application/json",
    "user-agent": "Sendsar-Webhooks/1",
    ...signedHeaders({ id: delivery.eventId, atMs, body: delivery.body, secrets: secretsAt(endpoint, atMs) }),
    "webhook-attempt": String(progress.attemptCount + 1),
  };
  const result: Result = await outbound
    .post({ url: endpoint.url, headers, body: delivery.body, timeoutMs })
    .catch((error: unknown) => OutboundFailure.from(error));
  const latencyMs = Math.round(performance.now() - begun);
  const tries = progress.tries + 1;
  const nowMs = clock.nowMs();
  const verdict = judge(result, { tries, scheduleMs, nowMs, chance: Math.random() });
  const made: DeliveryAttempt = {
    at: rfc3339(atMs),
    statusCode: "status" in result ? result.status : null,
    latencyMs,
    response: "status" in result ? result.body : `${result.reason}: ${result.message}`,
  };
  const nextAttemptAt = verdict.retryMs === null ? null : rfc3339(nowMs + verdict.retryMs);
  return { made, verdict, tries, nextAttemptAt };
}

/** How far a delivery has come that was sent by this attempt. */
export function progressAfter(
  before: DeliveryProgress,
  { made, verdict, tries, nextAttemptAt }: AttemptEnd,
): DeliveryProgress {
  return {
    ...before,
    status: verdict.status,
    attempts: [...before.attempts, made].slice(-limits.webhookAttemptsKeptMax),
    attemptCount: before.attemptCount + 1,
    tries,
    nextAttemptAt,
  };
}

function secretsAt({ secrets }: KeptWebhookEndpoint, nowMs: number): string[] {
  return secrets
    .filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > nowMs)
    .map(({ secret }) => secret);
}

import type { ConfigOf } from "#shared/config/parse.ts";
import { limits } from "#shared/limits.ts";

export interface WebhooksConfig {
  /** CIDRs that may be called although they are not public. */
  readonly allow: readonly string[];
  /** Before each try, counted from the one before: as many tries as there are entries. */
  readonly scheduleMs: readonly number[];
  /** One that took nothing for so long is disabled. */
  readonly disableAfterMs: number;
  /** A call without an answer is over after this. */
  readonly timeoutMs: number;
  /** A tenant's endpoints are read again after this; 0: each time. Ingest answers a change of them as much later. */
  readonly endpointsCacheMs: number;
}

export function webhooksConfigOf(
  config: Pick<
    ConfigOf<"webhooks">,
    "webhookAllow" | "webhookSchedule" | "webhookDisableAfterSeconds" | "webhookTimeoutMs"
  >,
): WebhooksConfig {
  return {
    allow: config.webhookAllow ?? [],
    scheduleMs: config.webhookSchedule.map((seconds) => seconds * 1_000),
    disableAfterMs: config.webhookDisableAfterSeconds * 1_000,
    timeoutMs: config.webhookTimeoutMs,
    endpointsCacheMs: limits.webhookEndpointsCacheMs,
  };
}

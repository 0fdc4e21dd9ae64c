import type { ConfigOf } from "#shared/config/parse.ts";
import { limits } from "#shared/limits.ts";

/** What ingest itself reads; its engines and its HTTP server are configured where they are made. */
export interface IngestConfig {
  /** What gateways must send with their batches; null: they are in this process and call directly. */
  readonly internalKey: string | null;
  /** CIDRs that webhooks may reach although they are not public. */
  readonly webhookAllow: readonly string[];
  /** A file that no message has named after so long is removed. */
  readonly mediaOrphanMs: number;
  /** How often what tenants do not keep any longer is looked for. */
  readonly retentionSweepMs: number;
  /** A change of webhook endpoints is answered so much later than it is kept: see `webhookEndpointsCacheMs`. */
  readonly webhookSettleMs: number;
}

export function ingestConfigOf(config: ConfigOf<"ingest">): IngestConfig {
  return {
    internalKey: config.internalKey,
    webhookAllow: config.webhookAllow ?? [],
    mediaOrphanMs: config.mediaOrphanSeconds * 1_000,
    retentionSweepMs: config.retentionSweepSeconds * 1_000,
    webhookSettleMs: limits.webhookEndpointsSettleMs,
  };
}

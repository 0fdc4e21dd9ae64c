/** Options of webhooks, as in `options.ts`, whose part this is. */
export const webhookOptions = {
  webhookAllow: {
    name: "SENDSAR_WEBHOOK_ALLOW",
    kind: "cidr-list",
    programs: ["standalone", "cluster", "ingest", "webhooks"],
    doc: "Addresses that webhooks may reach although they are not public, plain HTTP included.",
  },
  webhookSchedule: {
    name: "SENDSAR_WEBHOOK_SCHEDULE",
    kind: "seconds-list",
    default: [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
    programs: ["standalone", "cluster", "webhooks"],
    doc: "Before each try of a delivery, counted from the try before; after the last it is exhausted.",
  },
  webhookDisableAfterSeconds: {
    name: "SENDSAR_WEBHOOK_DISABLE_AFTER_SECONDS",
    kind: "integer",
    default: 432_000,
    programs: ["standalone", "cluster", "webhooks"],
    doc: "An endpoint that took nothing for so long, and fails again, is disabled as `failing`.",
  },
  webhookTimeoutMs: {
    name: "SENDSAR_WEBHOOK_TIMEOUT_MS",
    kind: "integer",
    default: 15_000,
    programs: ["standalone", "cluster", "webhooks"],
    doc: "How long a webhook waits for its answer.",
  },
} as const;

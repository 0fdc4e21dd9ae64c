import type { Quota } from "#shared/errors/app-error.ts";

/** How much of a limit is left, as answers say it. */
export function quotaHeaders({ limit, remaining, resetMs }: Quota): Record<string, string> {
  return {
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(Math.ceil(resetMs / 1_000)),
  };
}

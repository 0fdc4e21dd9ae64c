import type { EventLog } from "#shared/log/log.ts";
import { enginesReady } from "#shared/service/engines-ready.ts";
import type { Service } from "#shared/service/lifecycle.ts";
import type { Store } from "#shared/store/store.ts";

export interface WebhooksDeps {
  readonly log: EventLog;
  readonly store: Store;
}

/** Will tell customers' servers what happened; for now a process that can be deployed, watched and drained. */
export function createWebhooks({ log, store }: WebhooksDeps): Service {
  return {
    name: "webhooks",
    start: async () => {},
    drain: async () => {},
    stop: async () => {},
    ready: async () => {
      await enginesReady({ log, store });
    },
  };
}

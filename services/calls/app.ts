import type { EventLog } from "#shared/log/log.ts";
import { enginesReady } from "#shared/service/engines-ready.ts";
import type { Service } from "#shared/service/lifecycle.ts";
import type { Store } from "#shared/store/store.ts";

export interface CallsDeps {
  readonly log: EventLog;
  readonly store: Store;
}

/** Will run voice and video calls; for now a process that can be deployed, watched and drained. */
export function createCalls({ log, store }: CallsDeps): Service {
  return {
    name: "calls",
    start: async () => {},
    drain: async () => {},
    stop: async () => {},
    ready: async () => {
      await enginesReady({ log, store });
    },
  };
}

import { Registry } from "prom-client";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { Store } from "#shared/store/store.ts";
import { createFanout } from "../../../services/fanout/app.ts";
import type { Machine } from "../machine.ts";

export interface FanoutNode {
  readonly machine: Machine;
  /** Leaves the group in good order. */
  stop(): Promise<void>;
}

/** The real service on the simulated engines. */
export function startFanout(
  machine: Machine,
  { log, store, topics }: { log: EventLog; store: Store; topics: Topics },
): FanoutNode {
  const logger = { error: () => undefined };
  const deps = { log, store, topics, logger, clock: machine, registry: new Registry() };
  const fanout = createFanout(deps, { epoch: 1 });
  const started = fanout.start();
  return {
    machine,
    async stop() {
      await started;
      await fanout.stop();
      machine.crash();
    },
  };
}

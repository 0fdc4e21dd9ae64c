import type { EventLog } from "#shared/log/log.ts";
import type { Store } from "#shared/store/store.ts";
import { newerWins, type Wins } from "./engines/memory-rooms.ts";
import type { Machine } from "./machine.ts";

/** Where a bug can be planted: what the product is given, between it and the engines. */
export interface Parts {
  /** Which of two rows stays in the store. */
  readonly wins: Wins;
  /** The ports of a fanout node. */
  readonly fanoutStore: (store: Store, machine: Machine) => Store;
  readonly fanoutLog: (log: EventLog, machine: Machine) => EventLog;
}

/** The product as it is. */
export const soundParts: Parts = {
  wins: newerWins,
  fanoutStore: (store) => store,
  fanoutLog: (log) => log,
};

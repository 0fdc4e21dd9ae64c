import type { EventLog } from "#shared/log/log.ts";
import type { Store } from "#shared/store/store.ts";

/** Rejects with the names of those that cannot be reached. */
export async function enginesReady(engines: {
  readonly log: Pick<EventLog, "ping">;
  readonly store: Pick<Store, "ping">;
}): Promise<void> {
  const { log, store } = engines;
  const reasons = await Promise.all([
    log.ping().then(
      () => null,
      (error: unknown) => `the log: ${messageOf(error)}`,
    ),
    store.ping().then(
      () => null,
      (error: unknown) => `the store: ${messageOf(error)}`,
    ),
  ]);
  const away = reasons.filter((reason) => reason !== null);
  if (away.length > 0) throw new Error(away.join("; "));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

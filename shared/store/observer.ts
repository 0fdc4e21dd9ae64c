/** What a store tells about itself, for metrics. */
export interface StoreObserver {
  /** After each call of the port: how long it took and whether it did what was asked. */
  called(operation: string, seconds: number, ok: boolean): void;
}

/** Runs a call of the port and tells the observer about it. */
export async function observed<T>(
  observer: StoreObserver | undefined,
  operation: string,
  call: () => Promise<T>,
): Promise<T> {
  if (observer === undefined) return call();
  const start = performance.now();
  let ok = false;
  try {
    const result = await call();
    ok = true;
    return result;
  } finally {
    observer.called(operation, (performance.now() - start) / 1_000, ok);
  }
}

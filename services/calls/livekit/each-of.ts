/**
 * Does it for each, so many at a time. A failure ends one of those who work: the others do the rest, so that one bad
 * item holds up none, and where nothing can be done they have soon all ended.
 *
 * @throws the first failure, when it is over.
 */
export async function eachOf<T>(
  items: readonly T[],
  atOnceMax: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await allDone(Array.from({ length: Math.min(atOnceMax, items.length) }, worker));
}

/** @throws the first failure, when all are over. */
export async function allDone(all: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(all)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

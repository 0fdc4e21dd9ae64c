/**
 * Runs `fn` for every item, at most `atOnce` at a time, and gives the results in the order of the items.
 * After a failure no further one is begun; it rejects with the first when those under way have ended.
 */
export async function mapBounded<I, O>(
  items: readonly I[],
  atOnce: number,
  fn: (item: I) => Promise<O>,
): Promise<O[]> {
  const results: O[] = new Array(items.length);
  const left = items.entries();
  let failure: { error: unknown } | null = null;

  async function worker(): Promise<void> {
    for (const [index, item] of left) {
      if (failure !== null) return;
      try {
        results[index] = await fn(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failure !== null) throw (failure as { error: unknown }).error;
  return results;
}

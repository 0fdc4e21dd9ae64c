/** A member of a group, and the partitions it has now. */
export interface Holder {
  readonly id: string;
  readonly holds: readonly number[];
}

/**
 * Shares partitions 0 … count−1 among the members: evenly, to within one, and each keeps as much as it may of what it
 * holds. The same input gives the same result, whatever the order of the members.
 */
export function shareOut(count: number, members: readonly Holder[]): Map<string, number[]> {
  // Those that hold most come first, so that the shares that are larger by one move nothing.
  const ordered = members.toSorted((a, b) => b.holds.length - a.holds.length || (a.id < b.id ? -1 : 1));
  const least = Math.floor(count / ordered.length);
  const larger = count % ordered.length;
  const free = new Set(Array.from({ length: count }, (_, partition) => partition));

  const shares = ordered.map(({ id, holds }, index) => {
    const size = least + (index < larger ? 1 : 0);
    const kept: number[] = [];
    for (const partition of holds) {
      if (kept.length < size && free.delete(partition)) kept.push(partition);
    }
    return { id, size, partitions: kept };
  });
  const rest = free.values();
  for (const share of shares) {
    while (share.partitions.length < share.size) share.partitions.push(rest.next().value as number);
  }
  return new Map(shares.map(({ id, partitions }) => [id, partitions.toSorted((a, b) => a - b)]));
}

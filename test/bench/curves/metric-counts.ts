import type { Watched } from "../usage.ts";

/** Values of one metric by one of its labels, summed over the others. */
type Counts = ReadonlyMap<string, number>;
/** By the process that told them. */
export type ProcessCounts = ReadonlyMap<number, Counts>;

/** @param text as `/metrics` gives it. */
export function countsIn(text: string, metric: string, label: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, labels, value] of text.matchAll(new RegExp(`^${metric}\\{(.*)\\} (\\S+)$`, "gm"))) {
    const of = new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels ?? "")?.[1] ?? "";
    counts.set(of, (counts.get(of) ?? 0) + Number(value));
  }
  return counts;
}

export async function readCounts(
  processes: readonly Watched[],
  metric: string,
  label: string,
): Promise<ProcessCounts> {
  const texts = await Promise.all(
    processes.map(async ({ pid, adminUrl }) => {
      // One that was killed a moment ago has nothing to tell.
      const text = await fetch(`${adminUrl}/metrics`).then(
        (answer) => answer.text(),
        () => "",
      );
      return [pid, countsIn(text, metric, label)] as const;
    }),
  );
  return new Map(texts);
}

/** What was added since. A process that was not there before counted from nothing; of one that is gone nothing is known. */
export function countsSince(before: ProcessCounts, after: ProcessCounts): Map<string, number> {
  const added = new Map<string, number>();
  for (const [pid, counts] of after) {
    for (const [label, count] of counts) {
      const more = count - (before.get(pid)?.get(label) ?? 0);
      if (more > 0) added.set(label, (added.get(label) ?? 0) + more);
    }
  }
  return added;
}

/** The pause before try number `attempt` (0 is the first repeat): doubled each time, and of random length in its upper half. */
export function backoffMs(attempt: number, bounds: { readonly min: number; readonly max: number }): number {
  const ceiling = Math.min(bounds.max, bounds.min * 2 ** Math.min(attempt, 20));
  return ceiling / 2 + Math.random() * (ceiling / 2);
}

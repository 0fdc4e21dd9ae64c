const driven = /\/(services|shared|sdk)\//;
const watched = ["setTimeout", "setInterval", "setImmediate"] as const;

/**
 * While a run is under way nothing that it drives may ask for real time or real chance: the next run would be another.
 *
 * @returns what ends the watch. Throws where something did.
 */
export function tripWire(): () => void {
  const caught: string[] = [];
  const real = { date: Date.now, random: Math.random };
  const originals = watched.map((name) => [name, globalThis[name]] as const);
  const wired = <F extends (...args: never[]) => unknown>(name: string, original: F): F =>
    ((...args: never[]) => {
      const stack = new Error(name).stack ?? "";
      if (driven.test(stack.replaceAll("node_modules", ""))) caught.push(stack);
      return original(...args);
    }) as F;

  for (const [name, original] of originals) Object.assign(globalThis, { [name]: wired(name, original) });
  Date.now = wired("Date.now", real.date);
  Math.random = wired("Math.random", real.random);
  return () => {
    for (const [name, original] of originals) Object.assign(globalThis, { [name]: original });
    Date.now = real.date;
    Math.random = real.random;
    if (caught.length > 0) throw new Error(`The simulation was left for the real world: ${caught[0]}`);
  };
}

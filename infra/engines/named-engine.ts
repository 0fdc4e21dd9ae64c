import type { Engine } from "./engine.ts";
import { pollUntil } from "./poll.ts";

/** Engines named by hand run already; this only rides out a restart. */
const answerDeadlineMs = 15_000;

/**
 * The engine that an environment variable names, or undefined when it names none. It is asked
 * once whether it is there, so that a run fails with that reason and not with a test's timeout.
 */
export async function namedEngine(
  variable: string,
  answers: (addresses: readonly string[]) => Promise<boolean>,
): Promise<Engine | undefined> {
  const addresses = parseAddresses(process.env[variable] ?? "", variable);
  if (addresses.length === 0) return undefined;
  await pollUntil(`${variable}=${addresses.join(",")} answers`, answerDeadlineMs, () => answers(addresses));
  return { addresses, containerId: undefined, stop: async () => {} };
}

/** `host:port,host:port`; empty means none. */
export function parseAddresses(text: string, variable: string): string[] {
  const addresses = text
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
  for (const address of addresses) {
    if (!/^.+:\d{1,5}$/.test(address)) {
      throw new Error(`${variable} must be host:port, several apart by commas; \`${address}\` is not.`);
    }
  }
  return addresses;
}

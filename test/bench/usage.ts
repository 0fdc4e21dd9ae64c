import { readFile } from "node:fs/promises";

/** A process under test. */
export interface Watched {
  readonly service: string;
  readonly pid: number;
  readonly adminUrl: string;
}
interface Reading {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}
export interface Usage {
  readonly service: string;
  readonly pid: number;
  /** Of one core. */
  readonly cpuShare: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** Linux counts CPU time in these, whatever the kernel's own clock. */
const ticksPerSecond = 100;
const pageBytes = 4_096;

/** What the processes use from now until the returned function is called. */
export async function startUsage(processes: readonly Watched[]): Promise<() => Promise<Usage[]>> {
  const startMs = performance.now();
  const before = await Promise.all(processes.map(readUsage));
  return async () => {
    const after = await Promise.all(processes.map(readUsage));
    const seconds = (performance.now() - startMs) / 1_000;
    return processes.map(({ service, pid }, i) => {
      const cpuSeconds = (after[i]?.cpuSeconds ?? 0) - (before[i]?.cpuSeconds ?? 0);
      return { service, pid, cpuSeconds, cpuShare: cpuSeconds / seconds, rssBytes: after[i]?.rssBytes ?? 0 };
    });
  };
}

/** From the kernel where it tells, else from what the process says of itself. */
export async function readUsage(watched: Watched): Promise<Reading> {
  const stat = await readFile(`/proc/${watched.pid}/stat`, "utf8").catch(() => null);
  return stat === null ? readMetrics(watched) : readStat(stat);
}

function readStat(stat: string): Reading {
  // The second field, the program's name in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [userTicks, systemTicks, pages] = [fields[11], fields[12], fields[21]].map(Number);
  return {
    cpuSeconds: ((userTicks ?? 0) + (systemTicks ?? 0)) / ticksPerSecond,
    rssBytes: (pages ?? 0) * pageBytes,
  };
}

async function readMetrics({ adminUrl }: Watched): Promise<Reading> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const metric = (name: string) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, "m").exec(text)?.[1]);
  return {
    cpuSeconds: metric("process_cpu_seconds_total"),
    rssBytes: metric("process_resident_memory_bytes"),
  };
}

/** CPU time of all processes together, for each message: unlike a latency, hardly touched by what else runs. */
export function cpuMicrosPerMessage(usages: readonly Usage[], messages: number): number {
  return (usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) * 1e6) / messages;
}

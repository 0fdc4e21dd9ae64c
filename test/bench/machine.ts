import { cpus, loadavg, release, totalmem, type } from "node:os";

export interface Machine {
  readonly at: string;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGib: number;
  readonly os: string;
  readonly node: string;
  /** Runnable processes in the last minute: what else the machine was doing. */
  readonly load: number;
}

export function machine(): Machine {
  return {
    at: new Date().toISOString(),
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGib: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()}`,
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

export function machineLine({ at, cores, cpu, memoryGib, os, node, load }: Machine): string {
  return `Sendsar bench, ${at}: ${cores} cores (${cpu}), shared with the load generator; ${memoryGib} GiB; ${os}; Node ${node}; load ${load} at the start`;
}

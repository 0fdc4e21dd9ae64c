import { performance } from "node:perf_hooks";
import type { GeneratorHealth } from "./tally.ts";

/** Measures this process from now on. */
export function startHealth(): () => Omit<GeneratorHealth, "lateness"> {
  const loop = performance.eventLoopUtilization();
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  return () => {
    const used = process.cpuUsage(cpu);
    const elapsedUs = (performance.now() - startMs) * 1_000;
    return {
      loopUtilisation: performance.eventLoopUtilization(loop).utilization,
      cpuShare: (used.user + used.system) / elapsedUs,
    };
  };
}

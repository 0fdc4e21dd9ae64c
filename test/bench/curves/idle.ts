import { makeCluster, makeStandalone } from "../deployments.ts";
import { Fleet } from "../fleet.ts";
import { type IdleMemory, measureIdleMemory } from "../idle-memory.ts";
import type { Mode } from "../options.ts";
import type { IdlePlan } from "./options.ts";
import type { CurveRun } from "./run.ts";

export interface IdleStep extends IdleMemory {
  readonly mode: Mode;
}

/** What a socket costs that says nothing, on one gateway. */
export async function measureIdle(
  plan: IdlePlan,
  { options, progress, cleanup }: CurveRun,
): Promise<IdleStep[]> {
  const steps: IdleStep[] = [];
  for (const mode of options.modes) {
    progress(`idle: ${plan.connections} connections, ${mode}`);
    const fleet = new Fleet(1, options.seed);
    cleanup.add(() => fleet.stop());
    const make = mode === "standalone" ? makeStandalone : makeCluster;
    const { deployment } = await make(null, cleanup);
    const { processes } = deployment;
    steps.push({ mode, ...(await measureIdleMemory({ fleet, target: deployment, processes, ...plan })) });
    await cleanup.endLast();
    await cleanup.endLast();
  }
  return steps;
}

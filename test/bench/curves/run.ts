import type { Cleanup } from "../cleanup.ts";
import { type IdleStep, measureIdle } from "./idle.ts";
import { measureNodes, type NodesStep } from "./nodes.ts";
import { measureNoisy, type NoisyStep } from "./noisy.ts";
import type { CurveOptions } from "./options.ts";
import { measureRooms, type RoomSize } from "./rooms.ts";
import { measureStorm, type StormResult } from "./storm.ts";

/** What every curve is given. It ends what it started; what is left in `cleanup` is ended for it. */
export interface CurveRun {
  readonly options: CurveOptions;
  readonly progress: (line: string) => void;
  readonly cleanup: Cleanup;
}

/** Plain data; null: it was not asked for. */
export interface Curves {
  readonly nodes: readonly NodesStep[] | null;
  readonly rooms: readonly RoomSize[] | null;
  readonly idle: readonly IdleStep[] | null;
  readonly storm: StormResult | null;
  readonly noisy: readonly NoisyStep[] | null;
}

/** One curve after the other, each on deployments of its own. */
export async function runCurves(run: CurveRun): Promise<Curves> {
  const { options, cleanup } = run;
  const { only } = options;
  try {
    return {
      nodes: only.includes("nodes") ? await measureNodes(options.nodes, run) : null,
      rooms: only.includes("rooms") ? await measureRooms(options.rooms, run) : null,
      idle: only.includes("idle") ? await measureIdle(options.idle, run) : null,
      storm: only.includes("storm") ? await measureStorm(options.storm, run) : null,
      noisy: only.includes("noisy") ? await measureNoisy(options.noisy, run) : null,
    };
  } finally {
    await cleanup.endAll();
  }
}

import type { Cleanup } from "../cleanup.ts";
import { makeCluster, makeStandalone } from "../deployments.ts";
import { Fleet } from "../fleet.ts";
import { type DeedName, deedNames } from "../generator/deeds.ts";
import type { HistogramData } from "../histogram.ts";
import type { Mode } from "../options.ts";
import { makeRooms } from "../product.ts";
import { cpuMicrosPerMessage, startUsage, type Usage } from "../usage.ts";
import { type Measured, measured, type Spread, spreadOf } from "../windows.ts";

interface FeatureCost {
  readonly name: DeedName;
  /** Until the other member has been told. */
  readonly told: Measured;
  /** Of the product's processes, for one. */
  readonly cpuMicros: Spread;
  /** … beside that of a message of the same round. */
  readonly cpuRatio: Spread;
}

export interface FeatureCosts {
  readonly mode: Mode;
  readonly costs: readonly FeatureCost[];
  readonly each: number;
}

interface Round {
  readonly told: HistogramData;
  readonly cpuMicros: number;
}

/** In each room and round: the clock of the kernel counts CPU in hundredths of a second, so it takes many. */
const timesInRoom = 20;
/** The first makes the code warm and counts for nothing. */
const roundsWarm = 1;

/**
 * What a reaction, a receipt and an edit cost beside a message: the same number of each in turn, in the same rooms, as
 * fast as sixteen rooms at a time take them. Rounds hold side by side what is compared, as the machine is not steady.
 */
export async function measureFeatures(
  mode: Mode,
  bounds: { readonly rooms: number; readonly rounds: number; readonly profile: string | null },
  cleanup: Cleanup,
  progress: (line: string) => void,
): Promise<FeatureCosts> {
  const fleet = new Fleet(1, 1);
  cleanup.add(() => fleet.stop());
  progress(`${mode}: starting`);
  const make = mode === "standalone" ? makeStandalone : makeCluster;
  const { deployment } = await make(bounds.profile, cleanup);
  const { rooms } = await makeRooms(deployment, "deeds", bounds.rooms);
  await fleet.first.call("connectDeeds", { rooms });

  const rounds: Record<DeedName, Round>[] = [];
  for (let n = 0; n < roundsWarm + bounds.rounds; n++) {
    progress(`${mode}: round ${n + 1} of ${roundsWarm + bounds.rounds}`);
    const round: Partial<Record<DeedName, Round>> = {};
    for (const name of deedNames) {
      const stop = await startUsage(deployment.processes);
      const told = await fleet.first.call("performDeeds", { name, times: timesInRoom });
      const usages: readonly Usage[] = await stop();
      round[name] = { told, cpuMicros: cpuMicrosPerMessage(usages, bounds.rooms * timesInRoom) };
    }
    if (n >= roundsWarm) rounds.push(round as Record<DeedName, Round>);
  }
  await fleet.first.call("closeDeeds", null);
  return {
    mode,
    each: bounds.rooms * timesInRoom * bounds.rounds,
    costs: deedNames.map((name) => ({
      name,
      told: measured(rounds.map((round) => round[name].told)),
      cpuMicros: spreadOf(rounds.map((round) => round[name].cpuMicros)),
      cpuRatio: spreadOf(rounds.map((round) => round[name].cpuMicros / round.message.cpuMicros)),
    })),
  };
}

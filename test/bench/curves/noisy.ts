import { startChild } from "../child.ts";
import { makeCluster, makeStandalone } from "../deployments.ts";
import { Fleet } from "../fleet.ts";
import type { EchoMethods } from "../floor/echo-main.ts";
import type { GeneratorMethods } from "../generator/main.ts";
import type { NoiseReport } from "../generator/noise.ts";
import type { WindowReport } from "../generator/tally.ts";
import { Histogram, type HistogramData } from "../histogram.ts";
import type { Mode } from "../options.ts";
import { echoRooms, makeRooms, type Target } from "../product.ts";
import { losses } from "../verdict.ts";
import { type Measured, measured } from "../windows.ts";
import { makeTenant } from "./noisy-tenant.ts";
import type { NoisyPlan } from "./options.ts";
import type { CurveRun } from "./run.ts";

export interface NoisyStep {
  readonly mode: Mode;
  /** The quiet tenant, and the bare echo in the same minutes: it tells what the machine alone takes. */
  readonly alone: NoisyPart;
  readonly beside: NoisyPart;
  /** Of the noisy tenant. */
  readonly accepted: number;
  readonly refused: number;
  readonly heldBack: number;
  readonly acceptedPerSecond: number;
  readonly broken: readonly string[];
}
interface NoisyPart {
  readonly ack: Measured;
  readonly deliver: Measured;
  readonly floor: Measured;
}

const settleMsMax = 20_000;

/** A tenant that sends little, alone and beside one that sends more than it may, with the limits that are usual. */
export async function measureNoisy(plan: NoisyPlan, run: CurveRun): Promise<NoisyStep[]> {
  const steps: NoisyStep[] = [];
  for (const mode of run.options.modes) steps.push(await measureMode(mode, plan, run));
  return steps;
}

async function measureMode(
  mode: Mode,
  plan: NoisyPlan,
  { options, progress, cleanup }: CurveRun,
): Promise<NoisyStep> {
  progress(`noisy: ${mode}`);
  const fleet = new Fleet(1, options.seed);
  cleanup.add(() => fleet.stop());
  const noise = startChild<GeneratorMethods>("./generator/main.ts");
  cleanup.add(() => noise.stop());
  const echo = startChild<EchoMethods>("./floor/echo-main.ts");
  cleanup.add(() => echo.stop());
  const { url } = await echo.call("listen", null);
  const make = mode === "standalone" ? makeStandalone : makeCluster;
  const { deployment } = await make(null, cleanup, { limited: true });

  await fleet.connect("quiet", await makeRooms(deployment, "quiet", plan.rooms));
  await fleet.connect("echo", echoRooms(url, plan.rooms));
  const other: Target = { ...deployment, apiKey: await makeTenant(deployment, "noisy") };
  const { rooms } = await makeRooms(other, "noisy", plan.senders);
  await noise.call("connectNoise", { rooms, perSecondEach: plan.perSecondEach });

  const load = { perSecond: plan.perSecond, via: "ws", settleMsMax } as const;
  const play = async (into: Part) => {
    into.floor.push(await fleet.run("echo", { ...load, seconds: plan.floorSeconds }));
    into.quiet.push(await fleet.run("quiet", { ...load, seconds: plan.seconds }));
  };
  for (const crew of ["echo", "quiet"]) await fleet.run(crew, { ...load, seconds: options.warmUpSeconds });
  const parts = { alone: newPart(), beside: newPart() };
  const noises: NoiseReport[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    progress(`noisy: ${mode}, the quiet one alone`);
    await play(parts.alone);
    progress(`noisy: ${mode}, both`);
    await noise.call("beginNoise", null);
    await play(parts.beside);
    noises.push(await noise.call("endNoise", null));
  }
  const { violations } = await fleet.compare("quiet", 1);
  for (let made = 0; made < 4; made++) await cleanup.endLast();

  const total = (of: (report: NoiseReport) => number) => noises.reduce((sum, report) => sum + of(report), 0);
  const accepted = total((report) => report.accepted);
  const quiet = [...parts.alone.quiet, ...parts.beside.quiet];
  return {
    mode,
    alone: summed(parts.alone),
    beside: summed(parts.beside),
    accepted,
    refused: total((report) => report.refused.rate_limited ?? 0),
    heldBack: total((report) => report.heldBack),
    acceptedPerSecond: accepted / total((report) => report.seconds),
    broken: [
      ...quiet.flatMap((report) => [...report.violations, ...losses(report)]),
      ...violations,
      ...otherRefusals(noises),
    ],
  };
}

interface Part {
  readonly floor: WindowReport[];
  readonly quiet: WindowReport[];
}
const newPart = (): Part => ({ floor: [], quiet: [] });

/** All windows together: 1 % of one of them is too few messages to tell. */
function summed({ floor, quiet }: Part): NoisyPart {
  const together = (data: readonly HistogramData[]) => measured([Histogram.merged(data).toData()]);
  return {
    ack: together(quiet.map(({ ack }) => ack)),
    deliver: together(quiet.map(({ deliver }) => deliver)),
    floor: together(floor.map(({ ack }) => ack)),
  };
}

/** A noisy tenant may only be told that it sends too much. */
function otherRefusals(noises: readonly NoiseReport[]): string[] {
  return noises.flatMap(({ refused }) =>
    Object.entries(refused).flatMap(([code, count]) =>
      code === "rate_limited" ? [] : [`${count} of the noisy tenant's messages were refused with ${code}`],
    ),
  );
}

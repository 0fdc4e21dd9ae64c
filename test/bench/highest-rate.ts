import type { Fleet } from "./fleet.ts";
import type { BenchOptions } from "./options.ts";
import { makeRooms, type Target } from "./product.ts";
import { findHighestHeld, type Ramp, type StepOutcome } from "./ramp.ts";
import { cpuMicrosPerMessage, startUsage, type Usage, type Watched } from "./usage.ts";
import { bounds, generatorFault, notHeld } from "./verdict.ts";
import { type Measured, measured } from "./windows.ts";

export interface HighestRate extends Ramp {
  /** Of the run that confirmed it. */
  readonly ack: Measured | null;
  readonly deliver: Measured | null;
  readonly processes: readonly Usage[];
  readonly cpuMicrosPerMessage: number;
  readonly broken: readonly string[];
  /** Compared with the history. */
  readonly messages: number;
}

type Confirmed = Pick<HighestRate, "ack" | "deliver" | "processes" | "cpuMicrosPerMessage">;

/** What is late is waited for, as it is only lost when it never comes. */
const settleMsMax = 30_000;
/** The run that confirms a rate is so much longer than a step. */
const confirmingFactor = 3;
/** Of the rooms, each time, while the search goes on; all of them in the end. */
const comparedShare = 0.1;

export async function measureHighestRate(bench: {
  options: Pick<BenchOptions, "rampRooms" | "rampSeconds" | "rampMax">;
  fleet: Fleet;
  target: Target;
  processes: readonly Watched[];
  from: number;
  progress: (line: string) => void;
}): Promise<HighestRate> {
  const { options, fleet, target } = bench;
  await fleet.connect("ramp", await makeRooms(target, "ramp", options.rampRooms));
  const broken: string[] = [];
  let messages = 0;
  let last: Confirmed = { ack: null, deliver: null, processes: [], cpuMicrosPerMessage: Number.NaN };

  const compare = async (share: number) => {
    const compared = await fleet.compare("ramp", share);
    messages += compared.messages;
    broken.push(...compared.violations);
  };
  const attempt = async (perSecond: number, confirming: boolean): Promise<StepOutcome> => {
    const seconds = options.rampSeconds * (confirming ? confirmingFactor : 1);
    const readUsage = await startUsage(bench.processes);
    const report = await fleet.run("ramp", { perSecond, seconds, via: "ws", settleMsMax });
    const usages = await readUsage();
    const cpuMicros = cpuMicrosPerMessage(usages, report.sent);
    if (confirming) {
      const [ack, deliver] = [measured([report.ack]), measured([report.deliver])];
      last = { ack, deliver, processes: usages, cpuMicrosPerMessage: cpuMicros };
    }
    broken.push(...report.violations);
    await compare(confirming ? 1 : comparedShare);
    const saturated = generatorFault(report.health, bounds.rampLatenessP99MsMax);
    const failed = notHeld(report);
    const verdict = saturated !== null ? "saturated" : failed !== null ? "failed" : "held";
    const why = saturated ?? failed;
    bench.progress(
      `  ${perSecond} msg/s for ${seconds} s: ${verdict}, ${cpuMicros.toFixed(0)} µs of CPU each${why === null ? "" : ` (${why})`}`,
    );
    return { verdict, why };
  };
  const ramp = await findHighestHeld({ from: bench.from, max: options.rampMax }, attempt);
  await compare(1);
  await fleet.disconnect("ramp");
  return { ...ramp, ...last, broken, messages };
}

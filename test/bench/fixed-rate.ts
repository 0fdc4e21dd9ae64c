import type { Fleet } from "./fleet.ts";
import type { WindowReport } from "./generator/tally.ts";
import type { HistogramData } from "./histogram.ts";
import type { BenchOptions } from "./options.ts";
import { echoRooms, makeRooms, type Target } from "./product.ts";
import { cpuMicrosPerMessage, startUsage, type Usage, type Watched } from "./usage.ts";
import { bounds, generatorFault, losses } from "./verdict.ts";
import { type Measured, measured, type Spread, spreadOf } from "./windows.ts";

export interface FixedRate {
  readonly perSecond: number;
  readonly latencies: Readonly<Record<string, Measured>>;
  readonly processes: readonly Usage[];
  readonly cpuMicrosPerMessage: number;
  readonly generator: GeneratorUse;
  /** Why windows cannot be believed. */
  readonly invalid: readonly string[];
  /** Measured again, for the same reason. */
  readonly discardedWindows: number;
  readonly broken: readonly string[];
  readonly messages: number;
  readonly unapplied: number;
}
interface GeneratorUse {
  readonly loopUtilisationMax: number;
  readonly cpuShareMax: number;
  readonly latenessP99: Spread;
}

/** Something else that is measured in turn with the product: the bare pipe. */
export interface Pipe {
  run(perSecond: number, seconds: number): Promise<WindowReport>;
}

const settleMsMax = 10_000;
/** A window in which the machine had no time for the generator says nothing: it is measured again, so often. */
const triesMax = 3;

interface Bench {
  readonly options: BenchOptions;
  readonly fleet: Fleet;
  readonly target: Target;
  readonly processes: readonly Watched[];
  readonly echoUrl: string;
  readonly pipe: Pipe | null;
}

/** Floor and product in turn, in short windows, so that both meet the same noise of the machine. */
export async function measureFixedRate(bench: Bench): Promise<FixedRate> {
  const { options, fleet, target, echoUrl, pipe } = bench;
  const seconds = options.seconds / options.windows;
  const load = { perSecond: options.rate, seconds, settleMsMax };
  const connect = await fleet.connect("trips", await makeRooms(target, "fixed", options.rooms));
  await fleet.connect("echo", echoRooms(echoUrl, options.rooms));

  const kinds = {
    wsFloor: () => fleet.run("echo", { ...load, via: "ws" }),
    ws: () => fleet.run("trips", { ...load, via: "ws" }),
    restFloor: () => fleet.run("echo", { ...load, via: "rest" }),
    rest: () => fleet.run("trips", { ...load, via: "rest" }),
    ...(pipe === null ? {} : { pipe: () => pipe.run(options.rate, seconds) }),
  };
  const reports: Record<keyof typeof kinds, WindowReport[]> = {
    wsFloor: [],
    ws: [],
    restFloor: [],
    rest: [],
    pipe: [],
  };
  const usages: Usage[][] = [];
  for (const run of ["trips", "echo"]) {
    for (const via of ["ws", "rest"] as const)
      await fleet.run(run, { ...load, seconds: options.warmUpSeconds, via });
  }
  await pipe?.run(options.rate, options.warmUpSeconds);

  const discarded: WindowReport[] = [];
  for (let window = 0; window < options.windows; window++) {
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
      for (let tries = 1; ; tries++) {
        const readUsage = await startUsage(bench.processes);
        const report = await kinds[kind]?.();
        if (report === undefined) break;
        const usage = await readUsage();
        if (tries < triesMax && generatorFault(report.health, bounds.latenessP99MsMax) !== null) {
          discarded.push(report);
          continue;
        }
        reports[kind].push(report);
        if (kind === "ws") usages.push(usage);
        break;
      }
    }
  }
  const { messages, violations } = await fleet.compare("trips", 1);
  await fleet.disconnect("trips");
  await fleet.disconnect("echo");
  return summarise({ options, reports, discarded, usages, connect, messages, violations });
}

function summarise(from: {
  options: BenchOptions;
  reports: Readonly<Record<"wsFloor" | "ws" | "restFloor" | "rest" | "pipe", readonly WindowReport[]>>;
  discarded: readonly WindowReport[];
  usages: readonly Usage[][];
  connect: HistogramData;
  messages: number;
  violations: readonly string[];
}): FixedRate {
  const { reports } = from;
  const ackOf = (windows: readonly WindowReport[]) => measured(windows.map(({ ack }) => ack));
  const deliverOf = (windows: readonly WindowReport[]) => measured(windows.map(({ deliver }) => deliver));
  const product = [...reports.ws, ...reports.rest];
  const all = [...product, ...reports.wsFloor, ...reports.restFloor, ...reports.pipe];
  const pipe = {
    "pipe: produce (floor)": ackOf(reports.pipe),
    "pipe: end to end (floor)": deliverOf(reports.pipe),
  };
  return {
    perSecond: from.options.rate,
    latencies: {
      "ws echo (floor)": ackOf(reports.wsFloor),
      "send → ack": ackOf(reports.ws),
      "send → deliver": deliverOf(reports.ws),
      "http echo (floor)": ackOf(reports.restFloor),
      "REST send → 201": ackOf(reports.rest),
      "REST send → deliver": deliverOf(reports.rest),
      ...(reports.pipe.length === 0 ? {} : pipe),
      "connect → connected": measured([from.connect]),
    },
    processes: averageUsage(from.usages),
    cpuMicrosPerMessage: cpuMicrosPerMessage(
      from.usages.flat(),
      reports.ws.reduce((sum, { sent }) => sum + sent, 0),
    ),
    generator: {
      loopUtilisationMax: Math.max(...all.map(({ health }) => health.loopUtilisation)),
      cpuShareMax: Math.max(...all.map(({ health }) => health.cpuShare)),
      latenessP99: spreadOf(all.map(({ health }) => measured([health.lateness]).p99.medianMs)),
    },
    invalid: all.flatMap(({ health }) => generatorFault(health, bounds.latenessP99MsMax) ?? []),
    discardedWindows: from.discarded.length,
    broken: [
      ...[...product, ...from.discarded].flatMap((report) => [...report.violations, ...losses(report)]),
      ...from.violations,
    ],
    messages: from.messages,
    unapplied: product.reduce((sum, { ackedUnapplied }) => sum + ackedUnapplied, 0),
  };
}

function averageUsage(usages: readonly Usage[][]): Usage[] {
  return (usages[0] ?? []).map(({ service, pid }, i) => ({
    service,
    pid,
    cpuSeconds: usages.reduce((sum, usage) => sum + (usage[i]?.cpuSeconds ?? 0), 0),
    cpuShare: usages.reduce((sum, usage) => sum + (usage[i]?.cpuShare ?? 0), 0) / usages.length,
    rssBytes: Math.max(...usages.map((usage) => usage[i]?.rssBytes ?? 0)),
  }));
}
